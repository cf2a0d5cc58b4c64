"""The first thing a socket hears: the whole room as it stands."""

from dataclasses import asdict
from typing import Any

from app.domain.activities import queries as chat
from app.domain.activities import state
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Lesson
from app.domain.events import queries as ledger
from app.domain.participants import queries as participants
from app.domain.presence import queries as presence
from app.kit.work import Work
from app.realtime.protocol import Board, ChatMessage, May, Person, Question, Quiz, Room, Stroke, Welcome, You
from app.rules.permissions import LEADERS, Deed, may

NOTHING: dict[str, Any] = {"hands": [], "questions": [], "board": Board(page=1, strokes=[])}


async def welcome_of(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, link: str
) -> Welcome:
    """The room for a participant. Refused where the door closed or the seat went since the socket came."""
    # The number is read before the rest: what happens after it is heard again, never missed.
    seq = await ledger.last_seq(work, tenant_id, classroom_id)
    door = await participants.door(work, tenant_id, link)
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    people = await presence.people(work, tenant_id, classroom_id)
    lesson_id = lesson.lesson_id if lesson else None
    lines = await chat.recent(work, tenant_id, classroom_id, lesson_id, participant_id)
    standing = await _standing(work, lesson, participant_id) if lesson else NOTHING
    return Welcome(
        **standing,
        seq=seq,
        now=work.now,
        you=You(
            participant_id=participant_id,
            name=door.user.name if door.user else "",
            role=door.role.value,
            link=link,
        ),
        room=Room(
            title=door.classroom.title,
            state=door.classroom.state,
            starts_at=door.classroom.starts_at,
            lesson_id=lesson_id,
            started_at=lesson.started_at if lesson else None,
            duration_minutes=door.classroom.duration_minutes,
        ),
        may=May(
            draw=may(door.role, Deed.DRAW, write=bool(door.classroom.controls.get("write"))),
            moderate=door.role in LEADERS,
        ),
        people=[Person(**asdict(person)) for person in people],
        chat=[
            ChatMessage(**{name: getattr(line, name) for name in ChatMessage.model_fields}) for line in lines
        ],
    )


async def _standing(work: Work, lesson: Lesson, participant_id: str) -> dict[str, Any]:
    """What stands in a live class, by the welcome's names."""
    quiz = await state.running_quiz(work, lesson, participant_id)
    board = await state.board(work, lesson)
    return {
        "hands": await state.hands(work, lesson),
        "questions": [
            Question.model_validate(question) for question in await state.open_questions(work, lesson)
        ],
        "board": Board(page=board.page, strokes=[Stroke(**stroke) for stroke in board.strokes]),
        "quiz": Quiz.model_validate(quiz) if quiz else None,
    }
