"""What people do with one another: put out, muted, rewarded, heard."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.dialects.agora import wire_people
from app.dialects.agora.access import RoomDep
from app.dialects.agora.actors import acting, acting_for, seat_of, seats_of
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, read
from app.domain import activities, presence

router = APIRouter(tags=["agora"], prefix="/edu/apps/{app_id}/v2/rooms/{room_uuid}")


@router.post("/users/{user_uuid}/exit", openapi_extra=described(wire_people.Exit))
async def kick_a_user_out(room: RoomDep, user_uuid: str, body: Body) -> JSONResponse:
    """Put somebody out; who is `dirty` may not come back, for so long or for good."""
    bar = wire_people.ban(read(wire_people.Exit, body))
    whose = await seat_of(room, user_uuid)
    if bar is None:
        await presence.put_out(room.work, *await acting(room), whose=whose)
    else:
        await presence.ban(room.work, *await acting(room), whose=whose, seconds=bar.seconds)
    return answer(room.work)


@router.post("/from/{user_uuid}/chat", openapi_extra=described(wire_people.Chat))
async def send_a_chat_message(room: RoomDep, user_uuid: str, body: Body) -> JSONResponse:
    """Say something to everybody in somebody's name."""
    text = wire_people.message(read(wire_people.Chat, body))
    await activities.say(room.work, *await acting_for(room, user_uuid, watching=True), text)
    return answer(room.work)


@router.put("/mute", openapi_extra=described(wire_people.Mute))
async def mute_the_room(room: RoomDep, body: Body) -> JSONResponse:
    """Let only those who lead the class speak in the chat (`muteChat` true), or everybody again."""
    silent = wire_people.is_silent(read(wire_people.Mute, body))
    turn = activities.mute_chat if silent else activities.unmute_chat
    await turn(room.work, *await acting(room))
    return answer(room.work)


@router.post("/rewards", openapi_extra=described(wire_people.Rewards))
async def give_rewards(room: RoomDep, body: Body) -> JSONResponse:
    """Change the rewards of several people, of all or, where one is wrong, of nobody."""
    changes = wire_people.changes(read(wire_people.Rewards, body))
    seats = await seats_of(room, list(changes))
    by_seat = {seats[user_uuid]: change for user_uuid, change in changes.items()}
    await activities.reward(room.work, *await acting(room), changes=by_seat)
    return answer(room.work)
