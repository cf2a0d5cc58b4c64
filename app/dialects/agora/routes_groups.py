"""Breakout rooms: made and removed, people moved between them."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.dialects.agora import wire_groups
from app.dialects.agora.access import RoomDep
from app.dialects.agora.actors import acting, seats_of
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, read
from app.domain import activities
from app.rules.refusals import BadValue

router = APIRouter(tags=["agora"], prefix="/edu/apps/{app_id}/v2/rooms/{room_uuid}/groups")


@router.put("/states/1", openapi_extra=described(wire_groups.Groups))
async def create_breakout_rooms(room: RoomDep, body: Body) -> JSONResponse:
    """Split the class into groups; one that is there already takes the people who are named in it."""
    said = read(wire_groups.Groups, body)
    seats = await seats_of(room, wire_groups.everybody(said))
    await activities.arrange(room.work, *await acting(room), drafts=wire_groups.drafts(said, seats))
    return answer(room.work)


@router.put("/states/0")
async def remove_breakout_rooms(room: RoomDep) -> JSONResponse:
    """Remove all groups: everybody is back in the room at large."""
    await activities.dissolve(room.work, *await acting(room))
    return answer(room.work)


@router.put("/states/{state}", include_in_schema=False)
async def set_another_state(room: RoomDep, state: str) -> JSONResponse:
    """There are two states."""
    del room, state
    raise BadValue("state", "must be 0 or 1")


@router.patch("/users", openapi_extra=described(wire_groups.Regrouping))
async def move_between_breakout_rooms(room: RoomDep, body: Body) -> JSONResponse:
    """Put people into groups that are there (`users`, `addUsers`), or out of them (`removeUsers`)."""
    said = read(wire_groups.Regrouping, body)
    seats = await seats_of(room, wire_groups.everybody(said))
    wanted = wire_groups.moves(said, seats)
    await activities.regroup(room.work, *await acting(room), moves=wanted)
    return answer(room.work)
