"""Putting people out of a room: they may come back at once, after a while, or never."""

from datetime import datetime

from app.domain.activities.actor import Insider, inside
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.participants.tables import Participant
from app.domain.presence import queries
from app.domain.presence.leaving import close_visit
from app.kit.work import Work
from app.rules.bans import banned_until, must_outrank
from app.rules.permissions import Deed
from app.rules.presence import LeaveReason
from app.rules.refusals import BadValue, LinkGone
from app.rules.seats import SeatRole


async def put_out(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str) -> None:
    """End somebody's visit. Whoever is put out so may come back, also where a ban said otherwise."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    seat = await _seat(actor, whose)
    await _empty(actor, seat, barred=False, until=None)


async def ban(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    whose: str,
    seconds: int | None = None,
) -> None:
    """End somebody's visit and bar the way back for so long, or for good."""
    until = banned_until(work.now, seconds)
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    seat = await _seat(actor, whose)
    await _empty(actor, seat, barred=True, until=until)


async def _seat(actor: Insider, whose: str) -> Participant:
    """The seat of whom the actor may put out, held until the work ends: nobody enters by it meanwhile."""
    actor.must(Deed.PUT_OUT)
    try:
        seat = await participants.held(actor.work, actor.tenant_id, whose)
    except LinkGone:
        raise _nobody() from None
    if seat.classroom_id != actor.classroom.classroom_id:
        raise _nobody()
    if not actor.is_server:
        must_outrank(actor.role, SeatRole(seat.role))
    return seat


def _nobody() -> BadValue:
    return BadValue("participant_id", "must be another participant of this class")


async def _empty(actor: Insider, seat: Participant, *, barred: bool, until: datetime | None) -> None:
    work, room = actor.work, actor.classroom
    seat.banned_at, seat.banned_until = work.now if barred else None, until
    await work.db.flush()
    for visit in await queries.open_visits(work, room.tenant_id, room.classroom_id, seat.participant_id):
        await close_visit(work, room.tenant_id, visit.visit_id, reason=LeaveReason.KICKED, at=work.now)
    # After the visits: closing one may lock the lesson, and nobody locks that after the ledger.
    await actor.record(kinds.ParticipantPutOut(seat.participant_id, actor.participant_id, barred, until))
