"""The verbs of a room. Each checks the seat of whoever acts."""

from sqlalchemy import update

from app.domain import classrooms
from app.domain.activities import group_queries
from app.domain.activities.actor import Insider, inside
from app.domain.activities.tables import Message
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Lesson
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.kit import ids
from app.kit.work import Work
from app.rules.permissions import must_be_heard
from app.rules.refusals import BadValue, NotAllowed

LONGEST_MESSAGE = 2000


async def start_class(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Lesson:
    """A host presses start."""
    await participants.must_host(work, tenant_id, classroom_id, participant_id)
    return await classrooms.start(work, tenant_id, classroom_id)


async def end_class(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Lesson:
    """A host presses end."""
    await participants.must_host(work, tenant_id, classroom_id, participant_id)
    return await classrooms.end(work, tenant_id, classroom_id, by=participant_id)


async def say(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    text: str,
    to: str | None = None,
    group: str | None = None,
) -> Message:
    """Say something to everybody, to one other participant of the classroom, or to a group of it."""
    text = text.strip()
    if not text:
        raise BadValue("text", "must not be empty")
    if len(text) > LONGEST_MESSAGE:
        raise BadValue("text", f"must be at most {LONGEST_MESSAGE} characters")
    speaker = await inside(work, tenant_id, classroom_id, participant_id)
    must_be_heard(speaker.role, muted=bool(speaker.classroom.controls.get("muted")))
    await _must_reach(speaker, to, group)
    group_id, readers = await _readers(speaker, group)
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    lesson_id = lesson.lesson_id if lesson else None
    message_id = ids.new_id()
    seq = await speaker.record(
        kinds.MessageSent(message_id, participant_id, speaker.name, text, to, lesson_id, group_id, readers)
    )
    message = Message(
        tenant_id=tenant_id,
        message_id=message_id,
        classroom_id=classroom_id,
        lesson_id=lesson_id,
        participant_id=participant_id,
        to_participant_id=to,
        group_id=group_id,
        text=text,
        sent_at=work.now,
        seq=seq,
    )
    work.db.add(message)
    await work.db.flush()
    return message


async def _must_reach(speaker: Insider, to: str | None, group: str | None) -> None:
    """Refuse what is said to oneself, to a stranger, or to one and to a group at once."""
    if to is None:
        return
    reader, _ = await participants.named(speaker.work, speaker.tenant_id, to)
    own = speaker.classroom.classroom_id
    if reader.classroom_id != own or to == speaker.participant_id or group is not None:
        raise BadValue("to", "must be another participant of this class")


async def _readers(speaker: Insider, name: str | None) -> tuple[str | None, tuple[str, ...] | None]:
    """The group of this name and who hears what is said to it; UnknownThing, NotAllowed."""
    if name is None:
        return None, None
    room = speaker.classroom
    group = await group_queries.named(speaker.work, room.tenant_id, room.classroom_id, name)
    readers = await group_queries.readers(speaker.work, group)
    if speaker.participant_id not in readers:
        raise NotAllowed("speak in another group")
    return group.group_id, readers


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
