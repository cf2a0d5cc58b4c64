"""Passing reactions: they live in the ledger alone."""

from app.domain.activities.actor import acting
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import BadValue

REACTIONS = ("👍", "👏", "❤️", "😂", "😮", "🎉")


async def react(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, reaction: str) -> None:
    """Show everybody how one takes it."""
    if reaction not in REACTIONS:
        raise BadValue("reaction", f"must be one of {' '.join(REACTIONS)}")
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.REACT)
    await actor.record(kinds.Reacted(participant_id, actor.name, reaction))
