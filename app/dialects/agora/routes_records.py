"""Recordings on demand: begun, changed, stopped, listed."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dialects.agora import wire_events, wire_records, wire_rooms
from app.dialects.agora.access import Room, RoomDep
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, number, read
from app.domain import recordings
from app.domain.classrooms import queries as classrooms
from app.domain.recordings import take_queries
from app.domain.rooms import queries as rooms
from app.kit.web import base_url
from app.rules.refusals import BadValue

router = APIRouter(tags=["agora"])
PATH = "/edu/apps/{app_id}/v2/rooms/{room_uuid}/records"


@router.put(PATH + "/states/{state}", openapi_extra=described(wire_records.Record))
async def set_the_recording_state(room: RoomDep, state: str, body: Body) -> JSONResponse:
    """Begin (1) or stop (0) to record a room. A body of `onhold` alone changes the recording that runs."""
    said = read(wire_records.Record, body)
    where = (room.tenant_id, room.classroom_id)
    if state == "0":
        await recordings.stop_take(room.work, *where)
    elif state != "1":
        raise BadValue("state", "must be 0 or 1")
    elif wire_records.is_change(body):
        await recordings.configure_take(room.work, *where, said.wishes, length=await _length(room))
    else:
        await recordings.start_take(room.work, *where, said.plan, length=await _length(room))
    return answer(room.work)


@router.patch(PATH + "/states/{state}", openapi_extra=described(wire_records.Record))
async def update_the_recording_configurations(room: RoomDep, state: str, body: Body) -> JSONResponse:
    """Overwrite what was asked of the recording that runs; without `onhold` it goes on."""
    if state != "1":
        raise BadValue("state", "must be 1")
    said = read(wire_records.Record, body)
    where = (room.tenant_id, room.classroom_id)
    await recordings.configure_take(room.work, *where, said.wishes, length=await _length(room))
    return answer(room.work)


@router.get(PATH)
async def get_the_recording_list(request: Request, room: RoomDep) -> JSONResponse:
    """A room's recordings in the order of starting, from `nextId` on; a hundred at a time."""
    first = number(request, "nextId") or 0
    found = await take_queries.of_classroom(room.work, room.tenant_id, room.classroom_id, first)
    files = await take_queries.files(room.work, room.tenant_id, [take.take_id for take in found.takes])
    place = wire_records.Place(room.tenant, room.app_id, room.room_uuid, base_url(request))
    listed = [wire_records.item(take, files.get(take.take_id, []), place) for take in found.takes]
    return answer(room.work, wire_events.paged(listed, found.total, found.after))


async def _length(room: Room) -> timedelta | None:
    classroom = await classrooms.by_id(room.work, room.tenant_id, room.classroom_id)
    seconds = wire_rooms.seconds(classroom, await rooms.reserved(room.work, classroom))
    return timedelta(seconds=seconds) if seconds else None
