"""`homeroom agora token`: access tokens for development, with the headers that carry them."""

import asyncio
import secrets
import shlex
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.configuring import fail, read_settings

if TYPE_CHECKING:
    from app.dialects.agora.building import Seal

MOST_SALT = 99_999_999
LONGEST_LIFE = 10 * 365 * 24 * 3600

agora_app = typer.Typer(no_args_is_help=True, help="For those who write a program for Agora.")


class Kind(StrEnum):
    """What a token opens."""

    RTM = "rtm"
    RTM_006 = "rtm-006"
    APP = "app"
    USER = "user"
    ROOM_USER = "room-user"


@agora_app.callback()
def agora() -> None:
    """Keeps `token` a word of its own while it is the only one."""


@agora_app.command()
def token(  # noqa: PLR0913 - each value is an option by its name
    kind: Annotated[Kind, typer.Argument(help="What the token opens.")] = Kind.RTM,
    user: Annotated[str, typer.Option(help="The user's userUuid, or the name of your server.")] = "server",
    room: Annotated[str, typer.Option(help="The roomUuid, for `room-user`.")] = "",
    role: Annotated[int, typer.Option(min=0, max=4, help="The user's role there: 1 teaches.")] = 2,
    lives: Annotated[str, typer.Option(help="How long it is good, such as 90s, 2h or 3w.")] = "24h",
    bare: Annotated[bool, typer.Option(help="The token alone, for programs.")] = False,
    tenant: Annotated[str, typer.Option(help="Whose app.")] = "development",
) -> None:
    """Make an access token, and print it as headers for curl, in each of the two ways."""
    if kind is Kind.ROOM_USER and not room:
        fail("a token for a user in a room needs --room.")
    app_id, certificate = _app(tenant)
    made = _made(_seal(app_id, certificate, lives), kind, user, room, role)
    if bare:
        print(made)
        return
    who = "" if kind is Kind.APP else f" {_header('x-agora-uid', user)}"
    print(f"{_header('x-agora-token', made)}{who}")
    if kind is not Kind.RTM_006:
        print(_header("Authorization", f"agora token={made}"))


def _header(name: str, value: str) -> str:
    return f"-H {shlex.quote(f'{name}: {value}')}"


def _app(tenant: str) -> tuple[str, str]:
    from app import bootstrap, database
    from app.credentials import of_tenant

    settings = read_settings()
    with database.opened(settings) as address:
        database.require_migrated(address)
        if settings.development and tenant == bootstrap.TENANT:
            asyncio.run(bootstrap.prepare(settings, address))
        found = asyncio.run(database.one_work(address, lambda work: of_tenant(work, settings, tenant)))
    return found["agora"]["app_id"], found["agora"]["app_certificate"]


def _seal(app_id: str, certificate: str, lives: str) -> "Seal":
    from app.dialects.agora.building import Seal
    from app.kit.clock import SystemClock
    from app.rules.durations import span

    # Programs live in the world's time, whatever a test clock says; so do their tokens.
    issued_at = int(SystemClock().now().timestamp())
    seconds = min(int(span(lives, "--lives").total_seconds()), LONGEST_LIFE)
    return Seal(app_id, certificate, issued_at, seconds, secrets.randbelow(MOST_SALT) + 1)


def _made(seal: "Seal", kind: Kind, user: str, room: str, role: int) -> str:
    from app.dialects.agora import building

    match kind:
        case Kind.RTM:
            return building.rtm_007(seal, user)
        case Kind.RTM_006:
            return building.rtm_006(seal, user)
        case Kind.APP:
            return building.app_007(seal)
        case Kind.USER:
            return building.user_007(seal, user)
        case Kind.ROOM_USER:
            return building.room_user_007(seal, room, user, role)
