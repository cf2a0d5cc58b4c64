"""Raising and lowering hands. A hand that is up already, or down, stays so and nothing is recorded."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete

from app.domain.activities.actor import acting
from app.domain.activities.tables import Hand
from app.domain.events import kinds
from app.kit.lists import among
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.stage import check_payload


async def raise_hand(
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Ask to speak; `payload` is what the asker's program says with it."""
    said = dict(payload or {})
    check_payload(said)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.RAISE_HAND)
    key = (tenant_id, actor.lesson.lesson_id, participant_id)
    if await work.db.get(Hand, key) is not None:
        return
    seq = await actor.record(kinds.HandRaised(participant_id, actor.name, said))
    work.db.add(
        Hand(
            tenant_id=tenant_id,
            lesson_id=actor.lesson.lesson_id,
            participant_id=participant_id,
            payload=said,
            seq=seq,
        )
    )
    await work.db.flush()


async def lower_hand(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str | None = None
) -> None:
    """Take one's own hand down, or (who leads the class) that of another."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    whose = whose or participant_id
    actor.must(Deed.RAISE_HAND if whose == participant_id else Deed.LOWER_OTHERS_HAND)
    payload = await taken_down(work, tenant_id, actor.lesson.lesson_id, whose)
    if payload is not None:
        await actor.record(kinds.HandLowered(whose, participant_id, payload))


async def taken_down(work: Work, tenant_id: str, lesson_id: str, whose: str) -> dict[str, Any] | None:
    """What was said with the hand that was up; None where none was."""
    return (await all_taken_down(work, tenant_id, lesson_id, [whose])).get(whose)


async def all_taken_down(
    work: Work, tenant_id: str, lesson_id: str, whose: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Take the hands of these people down; what was said with each that was up."""
    found = await work.db.execute(
        delete(Hand)
        .where(
            Hand.tenant_id == tenant_id,
            Hand.lesson_id == lesson_id,
            among(Hand.participant_id, whose),
        )
        .returning(Hand.participant_id, Hand.payload)
    )
    return {row.participant_id: row.payload for row in found}
