"""Questions to whoever leads the class."""

from sqlalchemy import func, select

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import Question
from app.domain.events import kinds
from app.kit import ids
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import BadValue, QuestionsFull, UnknownThing

LONGEST_QUESTION = 500
MOST_OPEN = 200
MOST_OPEN_OF_ONE = 10


async def ask(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, text: str) -> Question:
    """Put a question that stays in sight until it is closed."""
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_QUESTION:
        raise BadValue("text", f"must have from 1 to {LONGEST_QUESTION} characters")
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.ASK)
    await _must_take_another(actor)
    question_id = ids.new_id()
    seq = await actor.record(kinds.QuestionAsked(question_id, participant_id, actor.name, text))
    question = Question(
        tenant_id=tenant_id,
        question_id=question_id,
        lesson_id=actor.lesson.lesson_id,
        participant_id=participant_id,
        text=text,
        asked_at=work.now,
        closed_at=None,
        seq=seq,
    )
    work.db.add(question)
    await work.db.flush()
    return question


async def close_question(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, question_id: str
) -> None:
    """The question was dealt with; its asker or who leads the class says so. Again changes nothing."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    question = await work.db.get(Question, (tenant_id, question_id))
    if question is None or question.lesson_id != actor.lesson.lesson_id:
        raise UnknownThing("question", question_id)
    own = question.participant_id == participant_id
    actor.must(Deed.CLOSE_OWN_QUESTION if own else Deed.CLOSE_QUESTION)
    if question.closed_at is None:
        question.closed_at = work.now
        await work.db.flush()
        await actor.record(kinds.QuestionClosed(question_id, participant_id))


async def _must_take_another(actor: Actor) -> None:
    """QuestionsFull where too many wait; the class is held, so that nobody asks meanwhile."""
    mine = Question.participant_id == actor.participant_id
    found = await actor.work.db.execute(
        select(func.count(), func.count().filter(mine)).where(
            Question.tenant_id == actor.tenant_id,
            Question.lesson_id == actor.lesson.lesson_id,
            Question.closed_at.is_(None),
        )
    )
    waiting, own = found.one()
    if own >= MOST_OPEN_OF_ONE or waiting >= MOST_OPEN:
        raise QuestionsFull(own=own >= MOST_OPEN_OF_ONE)
