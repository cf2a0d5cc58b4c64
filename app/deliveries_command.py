"""`homeroom deliveries`: what a tenant's servers are owed, how it went, and sending it again."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from app.admin_command import (
    DEVELOPMENT,
    AsJson,
    Server,
    Since,
    Tenant,
    ask,
    moment,
    of_tenant,
    print_json,
    print_table,
)

deliveries_app = typer.Typer(no_args_is_help=True, help="What is owed to receivers, and how it went.")

PAGE = 500

DeliveryId = Annotated[str, typer.Argument(help="The id that is sent as webhook-id.")]


class State(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@deliveries_app.command("list")
def list_deliveries(  # noqa: PLR0913 - each value is an option by its name
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only these, such as classStatus.")] = None,
    classroom: Annotated[str | None, typer.Option("--class", help="Only those of this class.")] = None,
    receiver: Annotated[str | None, typer.Option(help="Only those to this receiver.")] = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 50,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """The deliveries, the latest first."""
    wanted = {
        "state": state and state.value,
        "kind": kind,
        "classroom_id": classroom,
        "receiver_id": receiver,
        "since": since,
    }
    found = _pages(of_tenant(tenant, "deliveries"), base_url, wanted, limit)
    if as_json:
        print_json(found)
        return
    print_table(
        ("MADE (UTC)", "STATE", "SETTLED (UTC)", "KIND", "CLASS", "ID"),
        [
            (
                moment(one["created_at"]),
                one["state"],
                moment(one["settled_at"]),
                one["kind"],
                one["classroom_id"] or "-",
                one["delivery_id"],
            )
            for one in found
        ],
    )


@deliveries_app.command()
def show(
    delivery_id: DeliveryId, tenant: Tenant = DEVELOPMENT, base_url: Server = None, as_json: AsJson = False
) -> None:
    """One delivery's story: its bytes, and each try with what came back."""
    one = ask("GET", of_tenant(tenant, "deliveries", delivery_id), base_url)
    if as_json:
        print_json(one)
        return
    print(f"{one['delivery_id']}  {one['kind']} of class {one['classroom_id'] or '-'}")
    print(f"to receiver {one['subscription_id']}, made at {moment(one['created_at'])}")
    print(_standing(one))
    print(f"\n{one['body']}")
    for number, attempt in enumerate(one["attempts"], start=1):
        print(f"\n{number}. {moment(attempt['at'])}  {outcome(attempt)}")
        for part in ("request_head", "response_head", "response_body"):
            if attempt[part]:
                print(f"   {part.replace('_', ' ')}:")
                print("\n".join(f"     {line}" for line in attempt[part].splitlines()))


@deliveries_app.command()
def resend(
    delivery_id: DeliveryId, tenant: Tenant = DEVELOPMENT, base_url: Server = None, as_json: AsJson = False
) -> None:
    """Send the same bytes under the same id again, at once, beside the order of its class."""
    one = ask("POST", of_tenant(tenant, "deliveries", delivery_id, "resend"), base_url)
    if as_json:
        print_json(one)
    else:
        print(f"{one['delivery_id']} is sent again.")


def outcome(attempt: Any) -> str:
    """How a try went, in a line."""
    what = attempt["error"] if attempt["status"] is None else attempt["status"]
    return f"{what} in {attempt['duration_ms']} ms"


def _pages(path: str, base_url: str | None, wanted: dict[str, Any], limit: int) -> list[Any]:
    found: list[Any] = []
    after = None
    while len(found) < limit:
        page = {"limit": min(PAGE, limit - len(found)), "after": after}
        told = ask("GET", path, base_url, params=wanted | page)
        found += told["deliveries"]
        after = told["next"]
        if after is None:
            break
    return found


def _standing(one: Any) -> str:
    if one["state"] != "pending":
        return f"{one['state']} at {moment(one['settled_at'])}"
    if one["ahead"]:
        return f"pending: {one['ahead']} of its class go first"
    if one["next_try_at"] is None:
        return "pending: its receiver is off"
    return f"pending: tried next at {moment(one['next_try_at'])}"
