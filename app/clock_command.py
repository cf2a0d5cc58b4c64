"""`homeroom clock`: the clock of a test tenant on a running server, through its admin API."""

from typing import Annotated, Any

import typer

from app.admin_command import DEVELOPMENT, Server, ask, of_tenant

clock_app = typer.Typer(no_args_is_help=True, help="The clocks of test tenants, on a running server.")

Tenant = Annotated[str, typer.Option(help="Whose clock.")]
# A year with a class a day is minutes of work.
PATIENCE = 3600.0


@clock_app.command()
def show(tenant: Tenant = DEVELOPMENT, base_url: Server = None) -> None:
    """What the clock says, and what is due next."""
    _print(_ask("GET", tenant, "", base_url))


@clock_app.command()
def freeze(tenant: Tenant = DEVELOPMENT, base_url: Server = None) -> None:
    """Let the clock stand still."""
    _print(_ask("POST", tenant, "/freeze", base_url))


@clock_app.command()
def run(tenant: Tenant = DEVELOPMENT, base_url: Server = None) -> None:
    """Let the clock go on from where it is."""
    _print(_ask("POST", tenant, "/run", base_url))


@clock_app.command()
def advance(
    span: Annotated[str | None, typer.Argument(help="Such as 90s, 2h, 1d12h or 3w.")] = None,
    to: Annotated[str | None, typer.Option(help="An instant, such as 2027-03-01T08:00:00Z.")] = None,
    following: Annotated[bool, typer.Option("--next", help="To the next alarm.")] = False,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
) -> None:
    """Move the clock forward, and list what happened on the way."""
    far = {"by": span, "to": to, "next": following or None}
    body = {name: value for name, value in far.items() if value is not None}
    answer = _ask("POST", tenant, "/advance", base_url, body)
    for one in answer["rang"]:
        status = "" if one["what"] == "alarm" else f"  {one['status'] or 'no answer'}"
        print(f"{one['at']}  {one['what']:8}  {one['kind']:12}  {one['classroom_id']}{status}")
    _print(answer)


def _ask(method: str, tenant: str, verb: str, base_url: str | None, body: Any = None) -> Any:
    return ask(method, of_tenant(tenant, "clock") + verb, base_url, body=body, patience=PATIENCE)


def _print(clock: Any) -> None:
    how = "stands" if clock["frozen"] else "runs"
    print(f"The clock {how} at {clock['now']}.")
    if clock["next"]:
        due = clock["next"]
        print(f"Next: {due['kind']} of {due['classroom_id']} at {due['due_at']}.")
