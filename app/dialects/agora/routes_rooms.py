"""Rooms: made, read, started, ended, closed."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.dialects.agora import properties, wire_rooms
from app.dialects.agora.access import PlaceDep, RoomDep
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, read
from app.dialects.agora.words import WANTED
from app.domain import rooms
from app.domain.classrooms import queries as classrooms
from app.domain.rooms import queries
from app.rules.refusals import BadValue

router = APIRouter(tags=["agora"])


@router.post("/edu/apps/{app_id}/v2/rooms/{room_uuid}", openapi_extra=described(wire_rooms.CreateRoom))
async def create_a_classroom(place: PlaceDep, room_uuid: str, body: Body) -> JSONResponse:
    """Make a room; it is kept for five days, and for an hour after its end."""
    said = read(wire_rooms.CreateRoom, body)
    schedule = read(wire_rooms.Schedule, wire_rooms.part(said.room_properties, "schedule"))
    booking = wire_rooms.booking(said.room_name, said.room_type, schedule, said.room_properties)
    made = await rooms.reserve(place.work, place.tenant_id, room_uuid, booking)
    await properties.found(place.work, made, said.room_properties)
    return answer(place.work)


@router.get("/edu/apps/{app_id}/v2/rooms/{room_uuid}")
async def get_a_classroom(room: RoomDep) -> JSONResponse:
    """The room as it stands: name, type, state, properties, schedule."""
    classroom = await classrooms.by_id(room.work, room.tenant_id, room.classroom_id)
    lesson = await queries.latest_lesson(room.work, classroom)
    reservation = await queries.reserved(room.work, classroom)
    shown = wire_rooms.room(classroom, reservation, lesson, room.room_uuid)
    shown["roomProperties"] |= await properties.of_room(room.work, room.classroom)
    return answer(room.work, shown)


@router.put("/edu/apps/{app_id}/v2/rooms/{room_uuid}/states/{state}")
async def set_the_classroom_state(room: RoomDep, state: str) -> JSONResponse:
    """Start (1), end (2) or close (3) a room; there is no way back."""
    wanted = WANTED.get(int(state)) if state.isascii() and state.isdigit() and len(state) == 1 else None
    if wanted is None:
        raise BadValue("state", "must be 0, 1, 2 or 3")
    await rooms.set_state(room.work, room.tenant_id, room.classroom_id, wanted)
    return answer(room.work)
