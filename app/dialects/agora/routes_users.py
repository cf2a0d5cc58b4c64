"""People: coming to a room, asked after, listed."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dialects.agora import properties, wire_events, wire_rooms, wire_users
from app.dialects.agora.access import PlaceDep, Room, RoomDep
from app.dialects.agora.coming import come
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, must_be_id, number, read
from app.dialects.agora.words import rte_word
from app.domain.rooms import queries
from app.domain.rooms.queries import Shown
from app.rules.booking import Form

router = APIRouter(tags=["agora"])

MOST = 100
AREA = "na"


@router.put(
    "/edu/apps/{app_id}/v3/rooms/{room_uuid}/users/{user_uuid}", openapi_extra=described(wire_rooms.CheckIn)
)
@router.put("/edu/apps/{app_id}/v2/rooms/{room_uuid}/users/{user_uuid}", include_in_schema=False)
async def check_in(
    request: Request, place: PlaceDep, room_uuid: str, user_uuid: str, body: Body
) -> JSONResponse:
    """Take a seat in a room, which is made where it is not there; `data` is the room's life as it stands."""
    must_be_id("userUuid", user_uuid)
    classroom, seat = await come(place, room_uuid, user_uuid, read(wire_rooms.CheckIn, body))
    lesson = await queries.latest_lesson(place.work, classroom)
    held = await queries.reserved(place.work, classroom)
    region = str(request.path_params.get("region", AREA)).upper()
    word = rte_word(seat.role, observer=seat.observer, one_to_one=bool(held and held.form == Form.ONE_TO_ONE))
    return answer(place.work, wire_rooms.entered(classroom, held, lesson, region, word))


@router.get("/edu/polling/apps/{app_id}/v2/rooms/{room_uuid}/users/{user_uuid}")
@router.get("/edu/apps/{app_id}/v2/rooms/{room_uuid}/users/{user_uuid}", include_in_schema=False)
async def query_a_specific_user(room: RoomDep, user_uuid: str) -> JSONResponse:
    """Somebody with a seat in a room: name, role, properties, and whether they are there."""
    must_be_id("userUuid", user_uuid)
    seated, held = await queries.shown(room.work, room.classroom, user_uuid)
    return answer(room.work, _user(room, seated, properties.shown(held)))


@router.get("/edu/apps/{app_id}/v2/rooms/{room_uuid}/users")
async def query_users(request: Request, room: RoomDep) -> JSONResponse:
    """Those with a seat, of one `role` or of all; `type` 0: all, 1: the muted; `userName` searches."""
    limit = min(number(request, "count") or MOST, MOST)
    name = request.query_params.get("userName", "").strip()
    wanted = wire_users.wanted(number(request, "role"), number(request, "type"), name)
    since = number(request, "nextId") or 1
    listed = await queries.page(room.work, room.classroom, wanted, since=since, limit=limit)
    seats = [seated.participant_id for seated in listed.people]
    held = await properties.of_people(room.work, room.classroom, seats)
    users = [_user(room, seated, held.get(seated.participant_id, {})) for seated in listed.people]
    return answer(room.work, wire_events.paged(users, listed.total, listed.following))


def _user(room: Room, seated: Shown, held: dict[str, Any]) -> dict[str, Any]:
    return wire_users.user(seated, room.classroom.created_at, held)
