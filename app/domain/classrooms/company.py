"""Joint lessons: their time counts while both sides are there; one that is left alone has a minute."""

from datetime import datetime

from app.domain import alarms, events
from app.domain.classrooms import queries
from app.domain.classrooms.tables import Lesson
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.presence import REJOIN


async def lock(work: Work, lesson: Lesson) -> None:
    """Hold a lesson's row until the work ends, read afresh."""
    await work.db.refresh(lesson, with_for_update=True)


async def running(work: Work, lesson: Lesson | None) -> Lesson | None:
    """The open lesson if it is a joint one that still runs, its row held until the work ends."""
    if lesson is None or lesson.stretch_at is None:
        return None
    await lock(work, lesson)
    return lesson if lesson.ended_at is None else None


async def interrupt(work: Work, lesson: Lesson, *, at: datetime) -> None:
    """One side went, at this instant. Losing the other one too changes nothing more."""
    if lesson.interrupted_at is not None or lesson.stretch_at is None:
        return
    at = max(at, lesson.stretch_at)
    seconds = lesson.seconds(at)
    lesson.interrupted_at = at
    lesson.counted_seconds += seconds
    await work.db.flush()
    await alarms.set_alarm(
        work,
        lesson.tenant_id,
        "crash",
        lesson.lesson_id,
        due_at=at + REJOIN,
        classroom_id=lesson.classroom_id,
    )
    classroom = await queries.by_id(work, lesson.tenant_id, lesson.classroom_id)
    await events.record(
        work,
        lesson.tenant_id,
        lesson.classroom_id,
        kinds.LessonInterrupted(lesson.lesson_id, at, seconds, classroom.reference or "", classroom.endpoint),
    )


async def resume(work: Work, lesson: Lesson) -> None:
    """Both sides are there: an interrupted lesson goes on."""
    if lesson.interrupted_at is None:
        return
    lesson.interrupted_at, lesson.stretch_at = None, work.now
    await work.db.flush()
    await alarms.cancel(work, lesson.tenant_id, "crash", lesson.lesson_id)
    await events.record(
        work, lesson.tenant_id, lesson.classroom_id, kinds.LessonResumed(lesson.lesson_id, work.now)
    )
