"""`homeroom jobs`: what is due on a running server, what failed, and trying that again."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from app.admin_command import (
    DEVELOPMENT,
    AsJson,
    Server,
    Tenant,
    ask,
    moment,
    of_tenant,
    print_json,
    print_table,
)
from app.configuring import fail

jobs_app = typer.Typer(no_args_is_help=True, help="What is due, and trying again what failed.")

PAGE = 500


class State(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    FAILING = "failing"
    DEAD = "dead"


@jobs_app.command("list")
def list_jobs(  # noqa: PLR0913 - each value is an option by its name
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only these, such as expire.")] = None,
    classroom: Annotated[str | None, typer.Option("--class", help="Only those of this class.")] = None,
    all_tenants: Annotated[bool, typer.Option("--all-tenants", help="What failed, whoever's it is.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 50,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """The jobs, the earliest first."""
    if all_tenants and (kind or classroom or state is State.WAITING):
        fail("--all-tenants lists what failed; only --state failing and --state dead choose among it.")
    path = "jobs" if all_tenants else of_tenant(tenant, "jobs")
    wanted = {"state": state and state.value, "kind": kind, "classroom_id": classroom}
    found = _pages(path, base_url, wanted, limit)
    if as_json:
        print_json(found)
        return
    print_table(
        ("TENANT", "DUE (UTC)", "STATE", "TRIES", "NEXT TRY (UTC)", "KIND", "SUBJECT", "FAILURE"),
        [
            (
                one["tenant_id"],
                moment(one["due_at"]),
                one["state"],
                str(one["tries"]),
                moment(one["next_try_at"]),
                one["kind"],
                one["subject"],
                one["failure"] or "-",
            )
            for one in found
        ],
    )


@jobs_app.command()
def retry(  # noqa: PLR0913 - each value is an option by its name
    kind: Annotated[str | None, typer.Argument(help="Those of this kind alone.")] = None,
    subject: Annotated[str | None, typer.Argument(help="Of these the one with this subject.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that failed.")] = False,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Try what failed again at once, dead jobs too."""
    if every == (kind is not None):
        fail("Say which: a kind (and a subject), or --all.")
    body = {"kind": kind, "subject": subject}
    told = ask("POST", of_tenant(tenant, "jobs", "retry"), base_url, body=body)
    if as_json:
        print_json(told)
    else:
        print(f"{told['retried']} tried again.")


def _pages(path: str, base_url: str | None, wanted: dict[str, Any], limit: int) -> list[Any]:
    found: list[Any] = []
    after = None
    while len(found) < limit:
        page = {"limit": min(PAGE, limit - len(found)), "after": after}
        told = ask("GET", path, base_url, params=wanted | page)
        found += told["jobs"]
        after = told["next"]
        if after is None:
            break
    return found
