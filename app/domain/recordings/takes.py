"""Recording on demand: start, hold, go on, stop. Each verb takes the classroom's row lock first."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.domain import alarms, events
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.domain.recordings import take_queries
from app.domain.recordings.tables import Take
from app.kit import ids
from app.kit.work import Work
from app.rules.lifecycle import OVER, State
from app.rules.refusals import AlreadyEnded, RecordingNotRunning, RecordingRunning
from app.rules.takes import TakePlan, TakeState, check, longest, turned

LIMIT = "take_limit"


async def start_take(
    work: Work, tenant_id: str, classroom_id: str, plan: TakePlan, *, length: timedelta | None
) -> Take:
    """Begin to record; `length` is the class's own, where it has one."""
    check(plan)
    classroom = await classrooms.locked(work, tenant_id, classroom_id)
    if State(classroom.state) in OVER:
        raise AlreadyEnded(classroom.state)
    running = await take_queries.running(work, tenant_id, classroom_id)
    if running is not None:
        raise RecordingRunning(running.take_id)
    of_it = (Take.tenant_id == tenant_id, Take.classroom_id == classroom_id)
    before = await work.db.scalar(select(func.max(Take.number)).where(*of_it))
    take = Take(
        tenant_id=tenant_id,
        take_id=ids.new_id(),
        classroom_id=classroom_id,
        number=(before or 0) + 1,
        plan=asdict(plan),
        started_at=work.now,
        held_since=work.now if plan.held else None,
        holds=[],
        ended_at=None,
        first_seq=0,
        last_seq=None,
        film_at=None,
    )
    started = kinds.TakeStarted(take.take_id, take.started_at, plan.held)
    take.first_seq = await _record(work, take, started)
    work.db.add(take)
    await work.db.flush()
    await _watch(work, take, length)
    return take


async def configure_take(
    work: Work, tenant_id: str, classroom_id: str, changes: dict[str, Any], *, length: timedelta | None
) -> Take:
    """Overwrite what was asked of the running take; whether it is held is always said anew.

    What is not named stays, so that pausing does not change the picture.
    """
    await classrooms.locked(work, tenant_id, classroom_id)
    take = await _running(work, tenant_id, classroom_id)
    plan = replace(take.asked, **({"held": False} | changes))
    check(plan)
    before, after = take.state, turned(take.state, held=plan.held)
    take.plan = asdict(plan)
    if after != before:
        await _turn(work, take, after)
    await work.db.flush()
    await _watch(work, take, length)
    return take


async def stop_take(work: Work, tenant_id: str, classroom_id: str, *, by: str = "call") -> Take:
    """End the running take; its film is made afterwards."""
    await classrooms.locked(work, tenant_id, classroom_id)
    return await _stop(work, await _running(work, tenant_id, classroom_id), by)


async def stop_all(work: Work, classroom: Classroom) -> None:
    """End what still records when a classroom is over; nothing happens where nothing does."""
    take = await take_queries.running(work, classroom.tenant_id, classroom.classroom_id)
    if take is not None:
        await _stop(work, take, "closed")


async def reach_limit(work: Work, tenant_id: str, take_id: str) -> None:
    """A take ran as long as it may, or its classroom is over."""
    found = await take_queries.by_id(work, tenant_id, take_id)
    classroom = await classrooms.locked(work, tenant_id, found.classroom_id)
    take = await take_queries.running(work, tenant_id, found.classroom_id)
    if take is not None and take.take_id == take_id:
        await _stop(work, take, "closed" if State(classroom.state) in OVER else "limit")


async def _running(work: Work, tenant_id: str, classroom_id: str) -> Take:
    take = await take_queries.running(work, tenant_id, classroom_id)
    if take is None:
        raise RecordingNotRunning
    return take


async def _turn(work: Work, take: Take, state: TakeState) -> None:
    if state == TakeState.HELD:
        take.held_since = work.now
        await _record(work, take, kinds.TakeHeld(take.take_id, take.started_at))
    else:
        _close_hold(work, take)
        await _record(work, take, kinds.TakeResumed(take.take_id, take.started_at))


async def _stop(work: Work, take: Take, by: str) -> Take:
    _close_hold(work, take)
    take.ended_at = work.now
    take.film_at = work.wall
    await alarms.cancel(work, take.tenant_id, LIMIT, take.take_id)
    stopped = kinds.TakeStopped(take.take_id, take.started_at, work.now, by)
    take.last_seq = await _record(work, take, stopped)
    await work.db.flush()
    work.ring("films")
    return take


def _close_hold(work: Work, take: Take) -> None:
    if take.held_since is not None:
        take.holds = [*take.holds, [take.held_since.isoformat(), work.now.isoformat()]]
        take.held_since = None


async def _watch(work: Work, take: Take, length: timedelta | None) -> None:
    due_at = take.started_at + longest(take.asked.hours, length)
    await alarms.set_alarm(
        work,
        take.tenant_id,
        LIMIT,
        take.take_id,
        # Shortened below what has passed already, it is over now.
        due_at=max(due_at, work.now),
        classroom_id=take.classroom_id,
    )


async def _record(work: Work, take: Take, event: kinds.AnyEvent) -> int:
    return await events.record(work, take.tenant_id, take.classroom_id, event)
