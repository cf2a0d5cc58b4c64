"""Opening visits and keeping them alive, and who ends them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ARRAY, String, func, select

from app.domain import alarms, events
from app.domain.classrooms import company
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.presence import queries
from app.domain.presence.leaving import Leaving, close_visit, close_visits
from app.domain.presence.tables import Visit
from app.domain.users import queries as users
from app.kit import ids
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.doors import must_fit
from app.rules.presence import SILENCE, LeaveReason
from app.rules.seats import both_sides

LONGEST_AGENT = 500
AGAIN = timedelta(seconds=1)
SKIPPED = timedelta(hours=1)
"""How often a person who stays is looked at while a test clock is moved by hours."""


async def open_visit(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    tab: str,
    ip: str,
    user_agent: str,
) -> Visit:
    """Somebody came in. The same tab opened again takes its earlier visit's place.

    In a reserved classroom everybody is in one place: another tab takes it too.
    """
    seat = await participants.held(work, tenant_id, participant_id)
    must_be_clean(seat.banned_at, seat.banned_until, work.now)
    classroom = await classrooms.by_id(work, tenant_id, classroom_id)
    for earlier in await queries.open_visits(work, tenant_id, classroom_id, participant_id):
        if earlier.tab == tab or classroom.kind == "reserved":
            await close_visit(
                work, tenant_id, earlier.visit_id, reason=LeaveReason.DISPLACED, at=earlier.seen_at
            )
    returning = bool(await queries.open_visits(work, tenant_id, classroom_id, participant_id))
    if not returning:
        await must_have_room(work, tenant_id, classroom_id, participant_id)
    visit = Visit(
        tenant_id=tenant_id,
        visit_id=ids.new_id(),
        classroom_id=classroom_id,
        participant_id=participant_id,
        tab=tab,
        ip=ip,
        user_agent=user_agent[:LONGEST_AGENT],
        opened_at=work.now,
        seen_at=work.now,
        beat_at=work.wall,
        closed_at=None,
        reason=None,
    )
    work.db.add(visit)
    await work.db.flush()
    await _watch_silence(work, visit, work.now)
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    if lesson is not None:
        await alarms.cancel(work, tenant_id, "empty", lesson.lesson_id)
    joint = await company.running(work, lesson)
    if not returning:
        user = await users.by_id(work, tenant_id, seat.user_id)
        await events.record(
            work,
            tenant_id,
            classroom_id,
            kinds.VisitorJoined(participant_id, visit.visit_id, user.name, seat.role, seat.rewards),
        )
    if joint is not None and both_sides(await queries.roles(work, tenant_id, classroom_id)):
        await company.resume(work, joint)
    return visit


async def must_have_room(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Refuse who comes into a classroom that has as many people as it takes."""
    classroom = await classrooms.by_id(work, tenant_id, classroom_id)
    limit = classroom.terms["max_people"]
    if limit is None:
        return
    # Not the row's lock: others hold it before that of a seat, which is held here already.
    key = f"{tenant_id}/{classroom_id}/room"
    await work.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    there = {visit.participant_id for visit in await queries.open_visits(work, tenant_id, classroom_id)}
    must_fit(limit, len(there - {participant_id}))


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
    WHERE tenant_id = :tenant_id AND visit_id = ANY (:visit_ids) AND closed_at IS NULL
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
