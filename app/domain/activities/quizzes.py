"""Quizzes: one at a time, answered once by each or, where they let it, changed; counted exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import Quiz, QuizAnswer
from app.domain.events import kinds
from app.domain.participants.tables import Participant
from app.kit import ids
from app.kit.work import Work
from app.rules.ballots import Ballot, ballot, bare_ballot, chosen, tally, verdict
from app.rules.permissions import Deed
from app.rules.refusals import AlreadyAnswered, QuizOver, QuizRunning, UnknownThing
from app.rules.seats import SeatRole


@dataclass(frozen=True)
class Standing:
    """How a quiz stands: who can answer, who has, and how many of them chose exactly what is right."""

    eligible: int
    answered: int
    right: int


async def start_quiz(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    question: str,
    options: Sequence[str],
    correct: Sequence[int],
    changeable: bool = False,
) -> Quiz:
    """Put a quiz to the class."""
    put = ballot(question, options, correct)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    return await _start(actor, put, changeable=changeable)


async def start_bare_quiz(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    options: Sequence[str],
    correct: Sequence[int],
    listed: int | None = None,
) -> Quiz:
    """Put a quiz whose question is said aloud; answers may be changed while it runs.

    `listed`: only so many of the options were named as such, the others as right answers alone.
    """
    put = bare_ballot("", options, correct)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    return await _start(actor, put, changeable=True, listed=listed)


async def answer_quiz(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    quiz_id: str,
    choices: Sequence[int],
) -> None:
    """Choose, once, or again where the quiz lets one change an answer. The same again changes nothing."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    quiz = await _running(actor, quiz_id)
    own = quiz.participant_id == participant_id
    actor.must(Deed.ANSWER_OWN_QUIZ if own else Deed.ANSWER_QUIZ)
    places = chosen(choices, len(quiz.options))
    earlier = await work.db.get(QuizAnswer, (tenant_id, quiz_id, participant_id))
    before = None
    if earlier is None:
        fresh = QuizAnswer(tenant_id=tenant_id, quiz_id=quiz_id, participant_id=participant_id)
        fresh.choices = list(places)
        work.db.add(fresh)
    elif not quiz.changeable:
        raise AlreadyAnswered(quiz_id)
    elif earlier.choices == list(places):
        return
    else:
        before = verdict(earlier.choices, quiz.correct)
        earlier.choices = list(places)
    await work.db.flush()
    now = await _standing(actor, quiz)
    await actor.record(
        kinds.QuizAnswered(
            quiz_id=quiz_id,
            participant_id=participant_id,
            choices=places,
            correct=verdict(places, quiz.correct),
            answered=now.answered,
            right=now.right,
            eligible=now.eligible,
            again=earlier is not None,
            before=before,
        )
    )


async def end_quiz(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, quiz_id: str
) -> None:
    """Take no more answers, and tell the class how it answered."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.END_QUIZ)
    quiz = await _running(actor, quiz_id)
    quiz.ended_at = work.now
    await work.db.flush()
    found = await work.db.scalars(
        select(QuizAnswer.choices).where(QuizAnswer.tenant_id == tenant_id, QuizAnswer.quiz_id == quiz_id)
    )
    counts = tally(found.all(), len(quiz.options))
    now = await _standing(actor, quiz)
    await actor.record(
        kinds.QuizEnded(
            quiz_id=quiz_id,
            by=participant_id,
            correct=tuple(quiz.correct),
            counts=counts,
            answered=now.answered,
            right=now.right,
            eligible=now.eligible,
        )
    )


async def _start(actor: Actor, put: Ballot, *, changeable: bool, listed: int | None = None) -> Quiz:
    actor.must(Deed.START_QUIZ)
    running = await actor.work.db.scalar(
        select(Quiz.quiz_id).where(
            Quiz.tenant_id == actor.tenant_id,
            Quiz.lesson_id == actor.lesson.lesson_id,
            Quiz.ended_at.is_(None),
        )
    )
    if running is not None:
        raise QuizRunning(running)
    quiz = Quiz(
        tenant_id=actor.tenant_id,
        quiz_id=ids.new_id(),
        lesson_id=actor.lesson.lesson_id,
        participant_id=actor.participant_id,
        question=put.question,
        options=list(put.options),
        correct=list(put.correct),
        changeable=changeable,
        started_at=actor.work.now,
        ended_at=None,
    )
    actor.work.db.add(quiz)
    await actor.work.db.flush()
    now = await _standing(actor, quiz)
    await actor.record(
        kinds.QuizStarted(
            quiz_id=quiz.quiz_id,
            participant_id=actor.participant_id,
            question=put.question,
            options=put.options,
            changeable=changeable,
            eligible=now.eligible,
            listed=listed,
        )
    )
    return quiz


async def _running(actor: Actor, quiz_id: str) -> Quiz:
    quiz = await actor.work.db.get(Quiz, (actor.tenant_id, quiz_id))
    if quiz is None or quiz.lesson_id != actor.lesson.lesson_id:
        raise UnknownThing("quiz", quiz_id)
    if quiz.ended_at is not None:
        raise QuizOver(quiz_id)
    return quiz


async def _standing(actor: Actor, quiz: Quiz) -> Standing:
    all_right = QuizAnswer.choices == cast(quiz.correct, JSONB)
    of_it = (QuizAnswer.tenant_id == actor.tenant_id, QuizAnswer.quiz_id == quiz.quiz_id)
    counted = await actor.work.db.execute(
        select(func.count(), func.count().filter(all_right)).select_from(QuizAnswer).where(*of_it)
    )
    answered, right = counted.one()
    # Who leads the class may answer too, and then counts among those who could.
    others = await actor.work.db.scalar(
        select(func.count()).where(
            Participant.tenant_id == actor.tenant_id,
            Participant.classroom_id == actor.lesson.classroom_id,
            Participant.role == SeatRole.PARTICIPANT.value,
            Participant.removed_at.is_(None),
            Participant.participant_id.not_in(select(QuizAnswer.participant_id).where(*of_it)),
        )
    )
    return Standing(answered + (others or 0), answered, right)
