"""A room in a browser, and the door behind it: the page changes nothing, its script asks to be let in."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.dialects.agora import wire_rooms
from app.dialects.agora.access import App, standing_at
from app.dialects.agora.auth import DIALECT, Asked
from app.dialects.agora.coming import come
from app.dialects.agora.reading import Body, Wire, must_be_id, read
from app.dialects.agora.rights import LEADING, RANK
from app.dialects.agora.words import role_of
from app.dialects.errors import status_of
from app.dialects.reading import Number, Text
from app.domain.classrooms.tables import Classroom
from app.domain.participants.tables import Participant
from app.domain.rooms import doors, queries
from app.domain.tenants import queries as tenants
from app.kit.pages import room_page
from app.kit.web import WorkDep
from app.kit.work import Work, Works
from app.rules.refusals import BadValue, Denied, Refusal, Unauthenticated

router = APIRouter(include_in_schema=False)

LONGEST_NAME = 100


@dataclass(eq=False)
class RoleNotSigned(Denied):
    """An address asks for a leader's role that its token does not sign."""

    role: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return (
            f"This link asks for the role of a teacher (roleType={self.role}), which its token does not "
            "sign. Whoever runs the school's program: make the link with a room-user token of role "
            f"{self.role} (EducationTokenBuilder.buildRoomUserToken), or let addresses name roles in this "
            "app: agora.trust_launch_role in the admin API."
        )


class Launch(Wire):
    """What the page's address says of whoever opens it, in the words of the vendor's own pages."""

    user_uuid: Text = None
    user_name: Text = None
    role_type: Number = None
    room_name: Text = None
    room_type: Number = None
    token: Text = None
    rtm_token: Text = None


@router.get("/agora/{app_id}/rooms/{room_uuid}")
async def show_room(work: WorkDep, app_id: str, room_uuid: str) -> HTMLResponse:
    """A room for `userUuid` with its `token`. Programs fetch pages ahead, so it only shows itself."""
    door = f"/agora/{quote(app_id, safe='')}/rooms/{quote(room_uuid, safe='')}/enter"
    return room_page(door, await tenants.framers(work, DIALECT, app_id))


@router.post("/agora/{app_id}/rooms/{room_uuid}/enter")
async def enter(request: Request, app_id: str, room_uuid: str, body: Body) -> Response:
    """Let in whoever the token names, or say why not in words for the person at the door."""
    works: Works = request.app.state.works
    try:
        async with works.begin() as work:
            return JSONResponse(await _let_in(work, app_id, room_uuid, read(Launch, body)))
    except Refusal as refusal:
        return JSONResponse({"message": _sentence(refusal)}, status_of(refusal))


async def _let_in(work: Work, app_id: str, room_uuid: str, said: Launch) -> dict[str, Any]:
    # In an address a plus sign stands for a space, and tokens have the one and never the other.
    token = (said.token or said.rtm_token or "").replace(" ", "+")
    asked = Asked(token, said.user_uuid, app_id, room_uuid).checked()
    app = standing_at(work, asked, await doors.door(work, DIALECT, app_id, room_uuid, asked.name))
    must_be_id("roomUuid", room_uuid)
    user_uuid = said.user_uuid or app.caller.user
    if not user_uuid:
        raise BadValue("userUuid", "is missing")
    must_be_id("userUuid", user_uuid)
    coming = wire_rooms.CheckIn(
        role=_role(app, said.role_type),
        user_name=(said.user_name or "")[:LONGEST_NAME] or None,
        room_name=said.room_name,
        room_type=said.room_type,
    )
    came = await come(app, room_uuid, user_uuid, coming, trusted=True)
    return _room(*came, coming.user_name or user_uuid)


def _role(app: App, asked: int | None) -> int | None:
    """The token's where it signs one: what an address says, anybody may have written.

    Where the app does not trust addresses, nobody becomes a leader by one.
    """
    if app.standing.signed is not None:
        return app.caller.role
    seat = app.standing.seat
    held = None if seat is None else role_of(seat.role, observer=seat.observer)
    if queries.trusts_addresses(app.tenant):
        return held if asked is None else asked
    if asked is None or asked not in RANK or (held is not None and RANK[held] >= RANK[asked]):
        return asked if held is None else held
    if RANK[asked] >= LEADING:
        raise RoleNotSigned(asked)
    return asked


def _room(classroom: Classroom, seat: Participant, name: str) -> dict[str, Any]:
    """What the page needs to open the room."""
    return {
        "socket": f"/_/room/{quote(classroom.tenant_id)}/{quote(seat.link)}/socket",
        "title": classroom.title,
        "name": name,
    }


def _sentence(refusal: Refusal) -> str:
    if isinstance(refusal, Unauthenticated):
        return f"The token in this link does not let you in: {refusal.message}."
    return refusal.message
