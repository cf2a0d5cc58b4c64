"""`homeroom receivers`: how a tenant's receivers are and why, and what an operator does about it."""

import asyncio
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
from app.configuring import fail
from app.deliveries_command import outcome

receivers_app = typer.Typer(no_args_is_help=True, help="Where pings go, and how that is.")

ReceiverId = Annotated[
    str | None, typer.Argument(help="Which one, as `list` names it; may be left out where there is only one.")
]
LOOKS = 40
LOOK_EVERY = 0.25


@receivers_app.command("list")
def list_receivers(tenant: Tenant = DEVELOPMENT, base_url: Server = None, as_json: AsJson = False) -> None:
    """The receivers, how each is, and why."""
    found = ask("GET", of_tenant(tenant, "receivers"), base_url)
    if as_json:
        print_json(found)
        return
    print_table(
        ("RECEIVER", "FOR", "STATE", "WAITING", "URL"),
        [
            (
                one["receiver_id"],
                f"{one['dialect']} {one['purpose']}",
                one["state"],
                str(one["waiting"]),
                one["url"],
            )
            for one in found
        ],
    )
    for one in found:
        for reason in _reasons(one):
            print(f"{one['receiver_id']}: {reason}")


@receivers_app.command()
def pause(
    receiver: ReceiverId = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Send nothing there until it is resumed; what is owed waits in order."""
    _state(_do("pause", receiver, tenant, base_url), as_json=as_json)


@receivers_app.command()
def resume(
    receiver: ReceiverId = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Send there again, from the first failure on."""
    _state(_do("resume", receiver, tenant, base_url), as_json=as_json)


@receivers_app.command("test")
def try_out(
    receiver: ReceiverId = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Send a test ping, and tell what came back; the exit code says whether it was taken."""
    made = _do("test", receiver, tenant, base_url)
    story = _tried(of_tenant(tenant, "deliveries", made["delivery_id"]), base_url)
    if as_json:
        print_json(story)
    elif story["attempts"]:
        print(f"{story['delivery_id']}: {outcome(story['attempts'][-1])}")
    else:
        print(f"{story['delivery_id']} is not sent yet: is a worker running, is the receiver on?")
    if story["state"] != "delivered":
        raise SystemExit(1)


@receivers_app.command()
def replay(
    receiver: ReceiverId = None,
    since: Since = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Send all once more that was settled since then: the same ids, in order of each class."""
    _again(_do("replay", receiver, tenant, base_url, {"since": since}), as_json=as_json)


@receivers_app.command("replay-missing")
def replay_missing(
    receiver: ReceiverId = None,
    since: Since = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Send once more what was given up since then."""
    _again(_do("replay-missing", receiver, tenant, base_url, {"since": since}), as_json=as_json)


@receivers_app.command()
def rotate(
    receiver: ReceiverId = None,
    overlap: Annotated[
        str | None, typer.Option(help="How long the present secret signs too, such as 2h; 0s: no longer.")
    ] = None,
    tenant: Tenant = DEVELOPMENT,
    base_url: Server = None,
    as_json: AsJson = False,
) -> None:
    """Sign with a new secret, and for a while with the present one too."""
    made = _do("rotate", receiver, tenant, base_url, {"overlap": overlap})
    if as_json:
        print_json(made)
        return
    print(made["secret"])
    until = made["former_secret_until"]
    print(
        f"The former secret signs too until {moment(until)} UTC."
        if until
        else "The former one is out of use."
    )


def _do(verb: str, receiver: str | None, tenant: str, base_url: str | None, body: Any = None) -> Any:
    if receiver is None:
        receiver = _only(tenant, base_url)
    return ask("POST", of_tenant(tenant, "receivers", receiver, verb), base_url, body=body)


def _only(tenant: str, base_url: str | None) -> str:
    found = [one["receiver_id"] for one in ask("GET", of_tenant(tenant, "receivers"), base_url)]
    if len(found) != 1:
        fail(f"which one? There are {len(found)}: {', '.join(found)}" if found else "there is no receiver.")
    return str(found[0])


def _tried(path: str, base_url: str | None) -> Any:
    """A delivery's story once it was tried; as it is where that does not happen soon."""
    from app.kit import loops

    for _ in range(LOOKS):
        story = ask("GET", path, base_url)
        if story["attempts"]:
            break
        asyncio.run(loops.pause(LOOK_EVERY))
    return story


def _state(one: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(one)
        return
    print(f"{one['receiver_id']} is {one['state']}, {one['waiting']} waiting.")
    for reason in _reasons(one):
        print(reason)


def _again(told: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        print(f"{told['again']} sent again.")


def _reasons(one: Any) -> list[str]:
    reasons = [one["why"]] if one["why"] else []
    if one["next_try_at"]:
        reasons.append(f"Tried next at {moment(one['next_try_at'])}.")
    if failure := one["last_failure"]:
        what = failure["error"] if failure["status"] is None else f"status {failure['status']}"
        reasons.append(f"Last failure at {moment(failure['at'])}: {what} ({failure['delivery_id']}).")
    if until := one["former_secret_until"]:
        reasons.append(f"The former secret signs too until {moment(until)} UTC.")
    return reasons
