"""The way on the stage: waving, being accepted, going down again."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.dialects.agora.access import Room, RoomDep
from app.dialects.agora.actors import acting, acting_for, seat_of
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, read
from app.dialects.agora.wire_people import Process
from app.domain import activities
from app.rules.refusals import BadValue

router = APIRouter(tags=["agora"], prefix="/edu/apps/{app_id}/v2/rooms/{room_uuid}/processes/handsUp")


@router.post("/progress", openapi_extra=described(Process))
@router.put("/progress", include_in_schema=False)
async def wave_a_hand(room: RoomDep, body: Body) -> JSONResponse:
    """Raise the hand of `fromUserUuid`, or of whoever calls; `payload` is told with it."""
    said = read(Process, body)
    who = await acting_for(room, _waving(room, said))
    await activities.raise_hand(room.work, *who, payload=said.payload)
    return answer(room.work)


@router.delete("/progress", openapi_extra=described(Process))
async def stop_waving(room: RoomDep, body: Body) -> JSONResponse:
    """Lower the hand of `fromUserUuid`, or of whoever calls."""
    whose = await seat_of(room, _waving(room, read(Process, body)))
    await activities.lower_hand(room.work, *await acting(room, about=whose), whose=whose)
    return answer(room.work)


@router.post("/acceptance", openapi_extra=described(Process))
@router.put("/acceptance", include_in_schema=False)
async def bring_on_stage(room: RoomDep, body: Body) -> JSONResponse:
    """Put `toUserUuid` on the stage; somebody who names themselves accepts an invitation."""
    whose = await seat_of(room, _target(read(Process, body)))
    who = await acting(room, about=whose)
    if who[2] == whose:
        await activities.go_up(room.work, *who)
    else:
        await activities.call_up(room.work, *who, whose=whose)
    return answer(room.work)


@router.delete("/acceptance", openapi_extra=described(Process))
async def take_off_stage(room: RoomDep, body: Body) -> JSONResponse:
    """Take `toUserUuid` off the stage, or without one everybody."""
    said = read(Process, body)
    if said.to_user_uuid or said.user_uuid:
        whose = await seat_of(room, _target(said))
        await activities.step_down(room.work, *await acting(room, about=whose), whose=whose)
    else:
        await activities.clear_stage(room.work, *await acting(room))
    return answer(room.work)


def _waving(room: Room, said: Process) -> str:
    """Whose hand it is: programs name the person, the person's own browser only whom it waves at."""
    mine = room.caller.user if room.standing.is_person else ""
    named = said.from_user_uuid or said.user_uuid or mine or said.to_user_uuid or room.caller.user
    if not named:
        raise BadValue("userUuid", "is required")
    return named


def _target(said: Process) -> str:
    named = said.to_user_uuid or said.user_uuid
    if not named:
        raise BadValue("toUserUuid", "is required")
    return named
