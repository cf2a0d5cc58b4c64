"""Rewards: a number beside each name, which those who lead the class change."""

from collections.abc import Mapping

from sqlalchemy import select

from app.domain.activities.actor import Insider, inside
from app.domain.events import kinds
from app.domain.participants.tables import Participant
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import BadValue
from app.rules.rewards import rewarded


async def reward(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, changes: Mapping[str, int]
) -> None:
    """Change how many rewards these people have, all of them or, where one change is wrong, none."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.REWARD)
    seats = await _seats(actor, changes)
    told = []
    for whose, change in changes.items():
        seats[whose].rewards = rewarded(seats[whose].rewards, change)
        told.append(kinds.RewardChange(whose, change, seats[whose].rewards))
    await work.db.flush()
    if told:
        await actor.record(kinds.RewardsChanged(tuple(told), actor.participant_id))


async def _seats(actor: Insider, whose: Mapping[str, int]) -> dict[str, Participant]:
    """The seats, held until the work ends in the order of their ids, read afresh."""
    found = await actor.work.db.scalars(
        select(Participant)
        .where(
            Participant.tenant_id == actor.tenant_id,
            Participant.classroom_id == actor.classroom.classroom_id,
            Participant.participant_id.in_(list(whose)),
            Participant.removed_at.is_(None),
        )
        .order_by(Participant.participant_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    seats = {seat.participant_id: seat for seat in found}
    if len(seats) < len(whose):
        raise BadValue("participant_id", "must be somebody of this class")
    return seats
