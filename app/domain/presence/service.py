"""Keeping visits alive, and who ends them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ARRAY, String

from app.domain import alarms
from app.domain.presence import queries
from app.domain.presence.leaving import Leaving, close_visit, close_visits
from app.domain.presence.tables import Visit
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.presence import SILENCE, LeaveReason

AGAIN = timedelta(seconds=1)
SKIPPED = timedelta(hours=1)
"""How often a person who stays is looked at while a test clock is moved by hours."""


async def touch(work: Work, tenant_id: str, visit_id: str, heard_at: datetime) -> bool:
    """A sign of life, heard at this instant of the machine's; false when the visit is over already."""
    return visit_id in await touch_all(work, tenant_id, {visit_id: heard_at})


async def touch_all(work: Work, tenant_id: str, heard: Mapping[str, datetime]) -> set[str]:
    """Signs of life of visits, each heard at an instant of the machine's; those that are not over."""
    alive = await TOUCH.all(
        work,
        tenant_id=tenant_id,
        visit_ids=list(heard),
        seen=[work.moment(at) for at in heard.values()],
        beats=list(heard.values()),
    )
    for visit in alive:
        await alarms.set_alarm(
            work,
            tenant_id,
            "silent",
            visit.visit_id,
            due_at=visit.seen_at + SILENCE,
            classroom_id=visit.classroom_id,
        )
    return {visit.visit_id for visit in alive}


class Touched(NamedTuple):
    """A visit that goes on."""

    visit_id: str
    classroom_id: str
    seen_at: datetime


TOUCH: Final = Prepared(
    worded(
        """
WITH held AS (
    -- In the order in which those are held that end.
    SELECT visit_id FROM visits
    WHERE tenant_id = :tenant_id AND closed_at IS NULL
    AND visit_id = ANY (ARRAY(SELECT unnest(:visit_ids)))
    ORDER BY visit_id
    FOR NO KEY UPDATE
)
UPDATE visits SET seen_at = greatest(visits.seen_at, one.seen_at), beat_at = greatest(beat_at, one.heard_at)
FROM held JOIN unnest(:visit_ids, :seen, :beats) AS one (visit_id, seen_at, heard_at) USING (visit_id)
WHERE visits.tenant_id = :tenant_id AND visits.visit_id = held.visit_id
RETURNING visits.visit_id, visits.classroom_id, visits.seen_at
""",
        tenant_id=String(),
        visit_ids=ARRAY(String),
        seen=ARRAY(UTCTimestamp()),
        beats=ARRAY(UTCTimestamp()),
    ).columns(visit_id=String(), classroom_id=String(), seen_at=UTCTimestamp()),
    into=Touched,
)


async def close_silent(work: Work, tenant_id: str, visit_id: str) -> None:
    """End a visit that gave no sign of life for too long: it ended at the last one."""
    visit = await queries.free(work, tenant_id, visit_id)
    if visit is None:
        # It is over; or it is just being touched or closed, by somebody who waits for the alarm that rings
        # here. So nobody is waited for: whoever it is sets the alarm anew, or takes it back.
        busy = await work.db.get(Visit, (tenant_id, visit_id))
        if busy is not None and busy.closed_at is None:
            await _watch_silence(work, busy, work.now + AGAIN - SILENCE)
        return
    if work.now - visit.seen_at < SILENCE:
        await _watch_silence(work, visit, visit.seen_at)
        return
    if _beats(work, visit):
        # Only a clock that was moved comes here: the person was there all the time that it skipped.
        visit.seen_at = work.now
        await work.db.flush()
        await _watch_silence(work, visit, work.now + SKIPPED)
        return
    await close_visit(work, tenant_id, visit_id, reason=LeaveReason.DROPPED, at=visit.seen_at)


async def close_all(
    work: Work, tenant_id: str, classroom_id: str, *, reason: LeaveReason, at: datetime
) -> None:
    """Put out everybody who came in by this instant; the silent ones went at their last sign of life."""
    if not await queries.anybody(work, tenant_id, classroom_id):
        return
    leaving = []
    for visit in await queries.open_visits(work, tenant_id, classroom_id):
        if visit.opened_at <= at:
            silent = at - visit.seen_at >= SILENCE and not _beats(work, visit)
            leaving.append(
                Leaving(
                    visit.visit_id,
                    LeaveReason.DROPPED if silent else reason,
                    visit.seen_at if silent else at,
                )
            )
    await close_visits(work, tenant_id, classroom_id, leaving)


def _beats(work: Work, visit: Visit) -> bool:
    return work.wall - visit.beat_at < SILENCE


async def _watch_silence(work: Work, visit: Visit, seen_at: datetime) -> None:
    await alarms.set_alarm(
        work,
        visit.tenant_id,
        "silent",
        visit.visit_id,
        due_at=seen_at + SILENCE,
        classroom_id=visit.classroom_id,
    )
