"""What happened: of one room as often as wanted, of all rooms of an app once."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dialects.agora import wire_events
from app.dialects.agora.access import AppDep, RoomDep
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import number
from app.domain import feeds
from app.kit.front import HEAD
from app.rules.refusals import CallerGone

router = APIRouter(tags=["agora"])


@router.get("/edu/polling/apps/{app_id}/v2/rooms/sequences")
async def get_classroom_events(request: Request, app: AppDep) -> JSONResponse:
    """What happened in all rooms of the app and was not handed out yet: each event once."""
    caller = request.client.host if request.client else ""
    # Whoever wants no more than the head would never see what was taken.
    taken = [] if HEAD in request.scope else await feeds.poll(app.work, app.tenant_id, caller)
    if taken and await request.is_disconnected():
        # Whoever asked is not there any more: what was read for them stays for the next.
        raise CallerGone
    events = [wire_events.event(one.reference, one.kind, one.seq, one.body) for one in taken]
    return answer(app.work, events)


@router.get("/edu/apps/{app_id}/v2/rooms/{room_uuid}/sequences")
async def query_a_specified_event(request: Request, room: RoomDep) -> JSONResponse:
    """What happened in a room, from `nextId` on and of one `cmd` or of all; a hundred at a time."""
    since, cmd = number(request, "nextId"), number(request, "cmd")
    page = await feeds.page(room.work, room.tenant_id, room.classroom_id, since=since, kind=cmd)
    return answer(room.work, wire_events.page(room.room_uuid, page))
