"""Standing classrooms: when the next lesson may be held, and when there is none left."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain import alarms, events
from app.domain.classrooms import queries
from app.domain.classrooms.tables import Classroom
from app.domain.classrooms.turning import turn
from app.domain.events import kinds
from app.domain.tenants import queries as tenants
from app.kit.work import Work
from app.rules import recurrence
from app.rules.lifecycle import OVER, State
from app.rules.recurrence import EARLY_MINUTES, Series
from app.rules.refusals import NotItsTime


def series_of(classroom: Classroom) -> Series | None:
    """The classroom's series; None where it has no schedule."""
    if not classroom.weekdays or classroom.starts_at is None or not classroom.reopens:
        return None
    return Series(
        classroom.starts_at,
        classroom.timezone,
        tuple(classroom.weekdays),
        classroom.duration_minutes,
        classroom.ends_on,
        classroom.occurrences,
    )


async def planned_start(work: Work, classroom: Classroom) -> datetime:
    """When the lesson that starts now was planned; NotItsTime outside the schedule."""
    series = series_of(classroom)
    if series is None:
        return (classroom.starts_at if not classroom.reopens else None) or work.now
    early = await tenants.limit(work, classroom.tenant_id, "early_minutes", EARLY_MINUTES)
    lesson = recurrence.current(series, work.now, timedelta(minutes=early))
    if lesson is None:
        following = recurrence.upcoming(series, work.now)
        zone = ZoneInfo(classroom.timezone)
        raise NotItsTime(following.start.astimezone(zone) if following else None)
    return lesson.start


async def watch_end(work: Work, classroom: Classroom) -> None:
    """Set the alarm that ends the series, or take it back where it has no end in time."""
    if not classroom.reopens:
        return
    ends_at = _ends_at(classroom)
    if ends_at is None or State(classroom.state) in OVER:
        await alarms.cancel(work, classroom.tenant_id, "series", classroom.classroom_id)
        return
    await alarms.set_alarm(
        work,
        classroom.tenant_id,
        "series",
        classroom.classroom_id,
        due_at=max(ends_at, work.now),
    )


async def complete(work: Work, classroom: Classroom) -> bool:
    """Complete a standing classroom that waits and has no lesson left; whether it is complete now."""
    if not classroom.reopens or classroom.state != State.SCHEDULED or not await _over(work, classroom):
        return False
    await turn(work, classroom, State.COMPLETED)
    await alarms.cancel(work, classroom.tenant_id, "series", classroom.classroom_id)
    await stop_recording(work, classroom)
    await events.record(
        work,
        classroom.tenant_id,
        classroom.classroom_id,
        kinds.SeriesEnded(classroom.starts_at or work.now, classroom.timezone, work.now),
    )
    return True


async def reopen(work: Work, classroom: Classroom) -> None:
    """A standing classroom that is over waits for lessons again, unless its last day has passed."""
    if not classroom.reopens or State(classroom.state) not in OVER or await _over(work, classroom):
        return
    classroom.state = State.SCHEDULED.value
    await work.db.flush()
    await watch_end(work, classroom)


async def stop_recording(work: Work, classroom: Classroom) -> None:
    """What still records a classroom that is over has reached its limit."""
    await alarms.hasten(work, classroom.tenant_id, "take_limit", classroom.classroom_id)


async def end_series(work: Work, tenant_id: str, classroom_id: str) -> None:
    """The series' last lesson is over. One that is live completes the classroom when it ends."""
    await complete(work, await queries.locked(work, tenant_id, classroom_id))


def _ends_at(classroom: Classroom) -> datetime | None:
    series = series_of(classroom)
    if series is None:
        return classroom.ends_on
    if series.until is None and series.count is None:
        return None
    final = recurrence.last(series)
    return final.end if final else classroom.starts_at


async def _over(work: Work, classroom: Classroom) -> bool:
    ends_at = _ends_at(classroom)
    if ends_at is not None and work.now >= ends_at:
        return True
    if classroom.weekdays or classroom.occurrences is None:
        return False
    held = await queries.lessons_ended(work, classroom.tenant_id, classroom.classroom_id)
    return held >= classroom.occurrences
