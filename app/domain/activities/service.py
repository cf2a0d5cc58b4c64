"""Starting and ending a class from within, and what was said before it."""

from sqlalchemy import update

from app.domain import classrooms
from app.domain.activities.tables import Message
from app.domain.classrooms.tables import Lesson
from app.domain.participants import queries as participants
from app.kit.work import Work


async def start_class(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Lesson:
    """A host presses start."""
    await participants.must_host(work, tenant_id, classroom_id, participant_id)
    return await classrooms.start(work, tenant_id, classroom_id)


async def end_class(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Lesson:
    """A host presses end."""
    await participants.must_host(work, tenant_id, classroom_id, participant_id)
    return await classrooms.end(work, tenant_id, classroom_id, by=participant_id)


async def gather_chat(work: Work, lesson: Lesson) -> None:
    """Count what was said while people waited for a lesson among what was said in it."""
    await work.db.execute(
        update(Message)
        .where(
            Message.tenant_id == lesson.tenant_id,
            Message.classroom_id == lesson.classroom_id,
            Message.lesson_id.is_(None),
            Message.sent_at <= lesson.started_at,
        )
        .values(lesson_id=lesson.lesson_id)
    )
