"""The first thing a socket hears: the whole room as it stands."""

from dataclasses import asdict

from app.domain.activities import queries as chat
from app.domain.classrooms import queries as classrooms
from app.domain.events import queries as ledger
from app.domain.participants import queries as participants
from app.domain.presence import queries as presence
from app.kit.work import Work
from app.realtime.protocol import ChatMessage, Person, Room, Welcome, You


async def welcome_of(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, link: str
) -> Welcome:
    """The room for a participant. Refused where the door closed or the seat went since the socket came."""
    # The number is read before the rest: what happens after it is heard again, never missed.
    seq = await ledger.last_seq(work, tenant_id, classroom_id)
    door = await participants.door(work, tenant_id, link)
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    people = await presence.people(work, tenant_id, classroom_id)
    lesson_id = lesson.lesson_id if lesson else None
    lines = await chat.recent(work, tenant_id, classroom_id, lesson_id, participant_id)
    return Welcome(
        seq=seq,
        now=work.now,
        you=You(
            participant_id=participant_id,
            name=door.user.name if door.user else "",
            role=door.role.value,
            link=link,
        ),
        room=Room(
            title=door.classroom.title,
            state=door.classroom.state,
            starts_at=door.classroom.starts_at,
            lesson_id=lesson_id,
            started_at=lesson.started_at if lesson else None,
            duration_minutes=door.classroom.duration_minutes,
        ),
        people=[Person(**asdict(person)) for person in people],
        chat=[
            ChatMessage(**{name: getattr(line, name) for name in ChatMessage.model_fields}) for line in lines
        ],
    )
