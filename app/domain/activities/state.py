"""Reading what stands in a live class: hands, questions, the running quiz, the board, files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.domain.activities import people
from app.domain.activities.polls import results
from app.domain.activities.tables import Poll, PollAnswer, Question, Quiz, QuizAnswer, Share
from app.domain.classrooms.tables import Lesson
from app.domain.drive.tables import File
from app.domain.events.tables import Event
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.lists import among
from app.kit.work import Work
from app.rules.refusals import UnknownThing

DRAWN = ("StrokeDrawn", "BoardCleared", "PageTurned")
"""The kinds of events of which the board is made."""


@dataclass(frozen=True)
class OpenQuestion:
    """A question that waits, with who asked it."""

    question_id: str
    participant_id: str
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class RunningQuiz:
    """The quiz that takes answers; `mine` is what the reader chose."""

    quiz_id: str
    participant_id: str
    question: str
    options: list[str]
    changeable: bool
    answered: int
    mine: list[int] | None


@dataclass(frozen=True)
class RunningPoll:
    """The poll that takes answers, with its counts so far; `mine` is what the reader chose."""

    poll_id: str
    participant_id: str
    question: str
    options: list[str]
    multiple: bool
    counts: tuple[int, ...]
    answered: int
    mine: list[int] | None


@dataclass
class Board:
    """The page that is shown, and the strokes of all pages in the order of drawing, as they were recorded."""

    page: int = 1
    strokes: list[dict[str, Any]] = field(default_factory=list)


async def hands(work: Work, lesson: Lesson) -> list[str]:
    """Whose hands are up, in the order of raising."""
    return [who for who, _ in await people.hands_with_payloads(work, lesson)]


async def open_questions(work: Work, lesson: Lesson) -> list[OpenQuestion]:
    """The questions that wait, the oldest first."""
    found = await work.db.execute(
        select(Question, User.name)
        .join(
            Participant,
            (Participant.tenant_id == Question.tenant_id)
            & (Participant.participant_id == Question.participant_id),
        )
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(
            Question.tenant_id == lesson.tenant_id,
            Question.lesson_id == lesson.lesson_id,
            Question.closed_at.is_(None),
        )
        .order_by(Question.seq)
    )
    return [
        OpenQuestion(one.question_id, one.participant_id, name, one.text, one.asked_at) for one, name in found
    ]


async def running_quiz(work: Work, lesson: Lesson, for_participant: str) -> RunningQuiz | None:
    """The quiz that takes answers, as a participant sees it."""
    of_it = (QuizAnswer.tenant_id == Quiz.tenant_id) & (QuizAnswer.quiz_id == Quiz.quiz_id)
    answered = select(func.count()).where(of_it).scalar_subquery()
    by_me = QuizAnswer.participant_id == for_participant
    mine = select(QuizAnswer.choices).where(of_it, by_me).scalar_subquery()
    found = await work.db.execute(
        select(Quiz, answered, mine).where(
            Quiz.tenant_id == lesson.tenant_id, Quiz.lesson_id == lesson.lesson_id, Quiz.ended_at.is_(None)
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    quiz, count, choices = row
    return RunningQuiz(
        quiz.quiz_id, quiz.participant_id, quiz.question, quiz.options, quiz.changeable, count, choices
    )


async def quiz(work: Work, tenant_id: str, quiz_id: str) -> Quiz:
    """A quiz that runs or ran, or UnknownThing."""
    found = await work.db.get(Quiz, (tenant_id, quiz_id))
    if found is None:
        raise UnknownThing("quiz", quiz_id)
    return found


async def running_poll(work: Work, lesson: Lesson, for_participant: str) -> RunningPoll | None:
    """The poll that takes answers, as a participant sees it."""
    poll = await work.db.scalar(
        select(Poll).where(
            Poll.tenant_id == lesson.tenant_id, Poll.lesson_id == lesson.lesson_id, Poll.ended_at.is_(None)
        )
    )
    if poll is None:
        return None
    counts, answered = await results(work, poll)
    mine = await work.db.get(PollAnswer, (poll.tenant_id, poll.poll_id, for_participant))
    return RunningPoll(
        poll.poll_id,
        poll.participant_id,
        poll.question,
        poll.options,
        poll.multiple,
        counts,
        answered,
        mine.choices if mine else None,
    )


async def quiz_choices(
    work: Work, tenant_id: str, quiz_id: str, participant_ids: Collection[str]
) -> dict[str, list[int]]:
    """What these people chose in a quiz, of those who did."""
    return await _choices(work, QuizAnswer, QuizAnswer.quiz_id == quiz_id, tenant_id, participant_ids)


async def poll_choices(
    work: Work, tenant_id: str, poll_id: str, participant_ids: Collection[str]
) -> dict[str, list[int]]:
    """What these people chose in a poll, of those who did."""
    return await _choices(work, PollAnswer, PollAnswer.poll_id == poll_id, tenant_id, participant_ids)


async def _choices(
    work: Work,
    kind: type[QuizAnswer | PollAnswer],
    which: ColumnElement[bool],
    tenant_id: str,
    participant_ids: Collection[str],
) -> dict[str, list[int]]:
    found = await work.db.execute(
        select(kind.participant_id, kind.choices).where(
            kind.tenant_id == tenant_id,
            which,
            among(kind.participant_id, participant_ids),
        )
    )
    return {row.participant_id: row.choices for row in found}


async def board(work: Work, lesson: Lesson) -> Board:
    """The board as it stands: what was drawn since each page was last cleared."""
    found = await work.db.execute(
        select(Event.kind, Event.data)
        .where(
            Event.tenant_id == lesson.tenant_id,
            Event.classroom_id == lesson.classroom_id,
            Event.seq > lesson.first_seq,
            Event.kind.in_(DRAWN),
        )
        .order_by(Event.seq)
    )
    shown = Board()
    for kind, data in found:
        if kind == "PageTurned":
            shown.page = data["page"]
        elif kind == "BoardCleared":
            shown.strokes = [stroke for stroke in shown.strokes if stroke["page"] != data["page"]]
        else:
            shown.strokes.append(data)
    return shown


async def shared_files(work: Work, lesson: Lesson) -> Sequence[File]:
    """The files that are before the class, the first shared first."""
    found = await work.db.scalars(
        select(File)
        .join(Share, (Share.tenant_id == File.tenant_id) & (Share.file_id == File.file_id))
        .where(
            File.tenant_id == lesson.tenant_id,
            Share.tenant_id == lesson.tenant_id,
            Share.lesson_id == lesson.lesson_id,
            Share.unshared_at.is_(None),
        )
        .order_by(Share.shared_at, File.file_id)
    )
    return found.all()
