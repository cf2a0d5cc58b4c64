"""Ending visits: a single one, or those of a whole class at once, in as many statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain import activities, alarms, events
from app.domain.classrooms import company
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.participants.tables import Participant
from app.domain.presence import queries
from app.domain.presence.tables import Visit
from app.domain.tenants import queries as tenants
from app.domain.users import queries as users
from app.kit.lists import among
from app.kit.work import Work
from app.rules.lifecycle import EMPTY_MINUTES
from app.rules.presence import LeaveReason
from app.rules.seats import both_sides


@dataclass(frozen=True)
class Leaving:
    """A tab that goes: which visit ends with it, why, and at which instant."""

    visit_id: str
    reason: LeaveReason
    at: datetime


async def close_visit(
    work: Work, tenant_id: str, visit_id: str, *, reason: LeaveReason, at: datetime
) -> None:
    """Somebody's tab went, at this instant. Closing a closed visit changes nothing."""
    visit = await work.db.get(Visit, (tenant_id, visit_id))
    if visit is not None:
        await close_visits(work, tenant_id, visit.classroom_id, [Leaving(visit_id, reason, at)])


async def close_visits(work: Work, tenant_id: str, classroom_id: str, leaving: Sequence[Leaving]) -> None:
    """Tabs of one classroom went. Who goes with the last of theirs has left, in the order given."""
    if len(leaving) > 1 and (await classrooms.by_id(work, tenant_id, classroom_id)).joint:
        # One after the other: a joint lesson stops with the first who leaves the others alone.
        for one in leaving:
            await close_visits(work, tenant_id, classroom_id, [one])
        return
    visits = await _held(work, tenant_id, [one.visit_id for one in leaving])
    going = [one for one in dict.fromkeys(leaving) if one.visit_id in visits]
    for one in going:
        visit = visits[one.visit_id]
        visit.closed_at = max(visit.opened_at, one.at)
        visit.seen_at = max(visit.seen_at, visit.closed_at)
        visit.reason = one.reason.value
    await work.db.flush()
    await alarms.cancel_all(work, tenant_id, "silent", list(visits))
    # The latest of a person's tabs says how and when the person left.
    last = {visits[one.visit_id].participant_id: one for one in going}
    left = [one for one in going if last[visits[one.visit_id].participant_id] is one]
    there = await queries.present(work, tenant_id, classroom_id, list(last))
    gone = [visits[one.visit_id] for one in left if visits[one.visit_id].participant_id not in there]
    if gone:
        await _leave(work, tenant_id, classroom_id, gone)


async def _held(work: Work, tenant_id: str, visit_ids: Sequence[str]) -> Mapping[str, Visit]:
    """Those of these visits that are open, held until the work ends; and before them their seats."""
    these = (Visit.tenant_id == tenant_id, among(Visit.visit_id, visit_ids))
    found = await work.db.scalars(select(Visit.participant_id).where(*these))
    # Two tabs that close at once queue up here, so that one of them sees that it was the last.
    await participants.hold_all(work, tenant_id, set(found))
    visits = await work.db.scalars(
        select(Visit)
        .where(*these, Visit.closed_at.is_(None))
        .order_by(Visit.visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {visit.visit_id: visit for visit in visits}


async def _leave(work: Work, tenant_id: str, classroom_id: str, gone: Sequence[Visit]) -> None:
    """These were the last visits of people who are not in the room any more."""
    seats = await participants.by_ids(work, tenant_id, [visit.participant_id for visit in gone])
    for seat in seats.values():
        seat.ready_at = None
    # Before the ledger: ending a lesson locks in this order too.
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    joint = await company.running(work, lesson)
    departing = [visit.participant_id for visit in gone if visit.reason != LeaveReason.DISPLACED]
    fallen = await activities.depart(work, tenant_id, classroom_id, departing)
    names = await users.names(work, tenant_id, [seat.user_id for seat in seats.values()])
    happened: list[kinds.AnyEvent] = []
    for visit in gone:
        seat = seats[visit.participant_id]
        happened += [*fallen.get(visit.participant_id, ()), _left(visit, seat, names[seat.user_id])]
    await events.record_all(work, tenant_id, classroom_id, happened)
    latest = max(visit.closed_at for visit in gone if visit.closed_at is not None)
    if joint is not None and not both_sides(await queries.roles(work, tenant_id, classroom_id)):
        await company.interrupt(work, joint, at=latest)
    await _watch_emptiness(work, tenant_id, classroom_id, latest)


def _left(visit: Visit, seat: Participant, name: str) -> kinds.VisitorLeft:
    at, reason = visit.closed_at or visit.seen_at, visit.reason or ""
    return kinds.VisitorLeft(visit.participant_id, visit.visit_id, name, seat.role, reason, at)


async def _watch_emptiness(work: Work, tenant_id: str, classroom_id: str, since: datetime) -> None:
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    if lesson is None or await queries.anybody(work, tenant_id, classroom_id):
        return
    if (await classrooms.by_id(work, tenant_id, classroom_id)).kind == "reserved":
        return
    minutes = await tenants.limit(work, tenant_id, "empty_minutes", EMPTY_MINUTES)
    await alarms.set_alarm(
        work,
        tenant_id,
        "empty",
        lesson.lesson_id,
        due_at=max(since, lesson.started_at) + timedelta(minutes=minutes),
        classroom_id=classroom_id,
    )
