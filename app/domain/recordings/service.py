"""Making the recording of a lesson that ended."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.domain import events
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Lesson
from app.domain.events import kinds
from app.domain.events.tables import Event
from app.domain.recordings.tables import Recording
from app.kit import ids
from app.kit.lists import at_most
from app.kit.work import Work


async def make(work: Work, tenant_id: str, lesson_id: str) -> None:
    """Keep the recording of an ended lesson and record that it can be played; once, however often called."""
    lesson = await classrooms.lesson(work, tenant_id, lesson_id)
    if lesson is None or lesson.ended_at is None:
        return
    classroom = await classrooms.locked(work, tenant_id, lesson.classroom_id)
    first_seq, last_seq = await _stretch(work, lesson)
    row = {
        "tenant_id": tenant_id,
        "recording_id": ids.new_id(),
        "classroom_id": lesson.classroom_id,
        "lesson_id": lesson_id,
        "started_at": lesson.started_at,
        "seconds": int((lesson.ended_at - lesson.started_at).total_seconds()),
        "first_seq": first_seq,
        "last_seq": last_seq,
        "created_at": work.now,
    }
    made: Recording | None = await work.db.scalar(
        insert(Recording)
        .values(row)
        .on_conflict_do_nothing(index_elements=[Recording.tenant_id, Recording.lesson_id])
        .returning(Recording)
    )
    if made is not None:
        ready = kinds.RecordingReady(
            lesson_id, made.recording_id, made.started_at, classroom.timezone, made.seconds
        )
        await events.record(work, tenant_id, lesson.classroom_id, ready)


async def _stretch(work: Work, lesson: Lesson) -> tuple[int, int]:
    """The numbers of the lesson's first and last event: from after the lesson before it to its own end."""
    ends = (
        select(Event.seq)
        .where(
            Event.tenant_id == lesson.tenant_id,
            Event.classroom_id == lesson.classroom_id,
            Event.kind == "LessonEnded",
        )
        .order_by(Event.seq.desc())
        .limit(at_most(1))
    )
    last = await work.db.scalar(ends.where(Event.data["lesson_id"].astext == lesson.lesson_id))
    if last is None:
        message = f"lesson {lesson.lesson_id} ended and its end is not in the ledger"
        raise RuntimeError(message)
    before = await work.db.scalar(ends.where(Event.seq < last))
    return (before or 0) + 1, last
