"""Raising and lowering hands. A hand that is up already, or down, stays so and nothing is recorded."""

from sqlalchemy import delete

from app.domain import events
from app.domain.activities.actor import acting
from app.domain.activities.tables import Hand
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.permissions import Deed


async def raise_hand(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Ask to speak."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.RAISE_HAND)
    key = (tenant_id, actor.lesson.lesson_id, participant_id)
    if await work.db.get(Hand, key) is not None:
        return
    seq = await actor.record(kinds.HandRaised(participant_id, actor.name))
    work.db.add(
        Hand(tenant_id=tenant_id, lesson_id=actor.lesson.lesson_id, participant_id=participant_id, seq=seq)
    )
    await work.db.flush()


async def lower_hand(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str | None = None
) -> None:
    """Take one's own hand down, or (who leads the class) that of another."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    whose = whose or participant_id
    actor.must(Deed.RAISE_HAND if whose == participant_id else Deed.LOWER_OTHERS_HAND)
    if await _taken_down(work, tenant_id, actor.lesson.lesson_id, whose):
        await actor.record(kinds.HandLowered(whose, participant_id))


async def drop_hand(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """The hand of somebody who is not in the room any more falls."""
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    if lesson is None:
        return
    if await _taken_down(work, tenant_id, lesson.lesson_id, participant_id):
        await events.record(work, tenant_id, classroom_id, kinds.HandLowered(participant_id, participant_id))


async def _taken_down(work: Work, tenant_id: str, lesson_id: str, whose: str) -> bool:
    found = await work.db.scalar(
        delete(Hand)
        .where(Hand.tenant_id == tenant_id, Hand.lesson_id == lesson_id, Hand.participant_id == whose)
        .returning(Hand.participant_id)
    )
    return found is not None
