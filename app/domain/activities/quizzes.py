"""Quizzes: one at a time, answered once by each, counted exactly."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import Quiz, QuizAnswer
from app.domain.events import kinds
from app.kit import ids
from app.kit.work import Work
from app.rules.ballots import ballot, chosen, tally, verdict
from app.rules.permissions import Deed
from app.rules.refusals import AlreadyAnswered, QuizOver, QuizRunning, UnknownThing


async def start_quiz(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    question: str,
    options: Sequence[str],
    correct: Sequence[int],
) -> Quiz:
    """Put a quiz to the class."""
    put = ballot(question, options, correct)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.START_QUIZ)
    running = await work.db.scalar(
        select(Quiz.quiz_id).where(
            Quiz.tenant_id == tenant_id, Quiz.lesson_id == actor.lesson.lesson_id, Quiz.ended_at.is_(None)
        )
    )
    if running is not None:
        raise QuizRunning(running)
    quiz = Quiz(
        tenant_id=tenant_id,
        quiz_id=ids.new_id(),
        lesson_id=actor.lesson.lesson_id,
        participant_id=participant_id,
        question=put.question,
        options=list(put.options),
        correct=list(put.correct),
        started_at=work.now,
        ended_at=None,
    )
    work.db.add(quiz)
    await work.db.flush()
    await actor.record(kinds.QuizStarted(quiz.quiz_id, participant_id, put.question, put.options))
    return quiz


async def answer_quiz(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    quiz_id: str,
    choices: Sequence[int],
) -> None:
    """Choose, once."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    quiz = await _running(actor, quiz_id)
    own = quiz.participant_id == participant_id
    actor.must(Deed.ANSWER_OWN_QUIZ if own else Deed.ANSWER_QUIZ)
    places = chosen(choices, len(quiz.options))
    if await work.db.get(QuizAnswer, (tenant_id, quiz_id, participant_id)) is not None:
        raise AlreadyAnswered(quiz_id)
    work.db.add(
        QuizAnswer(tenant_id=tenant_id, quiz_id=quiz_id, participant_id=participant_id, choices=list(places))
    )
    await work.db.flush()
    answered = await work.db.scalar(
        select(func.count()).where(QuizAnswer.tenant_id == tenant_id, QuizAnswer.quiz_id == quiz_id)
    )
    await actor.record(
        kinds.QuizAnswered(quiz_id, participant_id, places, verdict(places, quiz.correct), answered or 0)
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
    answers = found.all()
    counts = tally(answers, len(quiz.options))
    await actor.record(kinds.QuizEnded(quiz_id, participant_id, tuple(quiz.correct), counts, len(answers)))


async def _running(actor: Actor, quiz_id: str) -> Quiz:
    quiz = await actor.work.db.get(Quiz, (actor.tenant_id, quiz_id))
    if quiz is None or quiz.lesson_id != actor.lesson.lesson_id:
        raise UnknownThing("quiz", quiz_id)
    if quiz.ended_at is not None:
        raise QuizOver(quiz_id)
    return quiz
