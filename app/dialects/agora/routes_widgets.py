"""Pop-up quizzes and polls: started, answered, stopped, and the records of them."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dialects.agora import wire_events
from app.dialects.agora import wire_widgets as wire
from app.dialects.agora.access import RoomDep
from app.dialects.agora.actors import acting, acting_for
from app.dialects.agora.described import body as described
from app.dialects.agora.envelope import answer
from app.dialects.agora.reading import Body, must_be_id, number, read
from app.domain import activities, feeds
from app.domain.activities import state

router = APIRouter(tags=["agora"])

MOST = 100
WIDGETS = "/edu/apps/{app_id}/v2/rooms/{room_uuid}/widgets"


@router.get(WIDGETS + "/{widget_uuid}/sequences")
async def get_data_for_widgets(request: Request, room: RoomDep, widget_uuid: str) -> JSONResponse:
    """The records of a widget (`popupQuiz`, `poll`, or an extApp's), from `nextId` on, `count` at a time."""
    must_be_id("widgetUuid", widget_uuid)
    page = await feeds.page(
        room.work,
        room.tenant_id,
        room.classroom_id,
        since=number(request, "nextId"),
        kind=wire.RECORD,
        subject=wire.NAMES.get(widget_uuid, widget_uuid),
        limit=min(number(request, "count") or MOST, MOST),
    )
    return answer(room.work, wire_events.page(room.room_uuid, page))


@router.post(WIDGETS + "/popupQuizs/start", openapi_extra=described(wire.StartQuiz))
async def start_a_pop_up_quiz(room: RoomDep, body: Body) -> JSONResponse:
    """Put a quiz to a room that is live; answers may be changed until it is stopped."""
    said = read(wire.StartQuiz, body)
    # The vendor's own example has a right option that is not among the items.
    options = list(dict.fromkeys([*said.items, *said.correct_items]))
    correct = wire.places("correctItems", said.correct_items, options)
    quiz = await activities.start_bare_quiz(
        room.work,
        *await acting(room),
        options=options,
        correct=correct,
        listed=len(dict.fromkeys(said.items)),
    )
    return answer(room.work, {"popupQuizId": quiz.quiz_id})


@router.post(WIDGETS + "/popupQuizs/{quiz_id}/stop")
async def stop_a_pop_up_quiz(room: RoomDep, quiz_id: str) -> JSONResponse:
    """Take no more answers."""
    await activities.end_quiz(room.work, *await acting(room), quiz_id=must_be_id("popupQuizId", quiz_id))
    return answer(room.work)


@router.put(WIDGETS + "/popupQuizs/{quiz_id}/users/{user_uuid}", openapi_extra=described(wire.AnswerQuiz))
async def answer_a_pop_up_quiz(room: RoomDep, quiz_id: str, user_uuid: str, body: Body) -> JSONResponse:
    """Select options for somebody with a seat in the room, or others than before."""
    said = read(wire.AnswerQuiz, body)
    who = await acting_for(room, user_uuid)
    quiz = await state.quiz(room.work, room.tenant_id, must_be_id("popupQuizId", quiz_id))
    choices = wire.places("selectedItems", said.selected_items, quiz.options)
    await activities.answer_quiz(room.work, *who, quiz_id=quiz_id, choices=choices)
    return answer(room.work)


@router.post(WIDGETS + "/polls/start", openapi_extra=described(wire.StartPoll))
async def start_a_poll(room: RoomDep, body: Body) -> JSONResponse:
    """Ask a room that is live for its opinion."""
    said = read(wire.StartPoll, body)
    poll = await activities.start_poll(
        room.work,
        *await acting(room),
        question=said.poll_title or "",
        options=said.poll_items,
        multiple=said.multiple,
    )
    return answer(room.work, {"pollId": poll.poll_id})


@router.post(WIDGETS + "/polls/{poll_id}/stop")
async def stop_a_poll(room: RoomDep, poll_id: str) -> JSONResponse:
    """Take no more answers."""
    await activities.end_poll(room.work, *await acting(room), poll_id=must_be_id("pollId", poll_id))
    return answer(room.work)


@router.post(WIDGETS + "/polls/{poll_id}/users/{user_uuid}", openapi_extra=described(wire.AnswerPoll))
async def answer_a_poll(room: RoomDep, poll_id: str, user_uuid: str, body: Body) -> JSONResponse:
    """Select options, by their places from 0, for somebody with a seat in the room; once."""
    said = read(wire.AnswerPoll, body)
    who = await acting_for(room, user_uuid)
    must_be_id("pollId", poll_id)
    await activities.answer_poll(room.work, *who, poll_id=poll_id, choices=said.select_index)
    return answer(room.work)
