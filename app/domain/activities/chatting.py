"""Chat: what one says, or what many in a class say at once, in as many statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, Integer, String, bindparam, select

from app.domain import events
from app.domain.activities import group_queries
from app.domain.activities.actor import SERVER, Insider, Seated, insider, must_be_on
from app.domain.activities.tables import Message
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.events import kinds
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit import ids
from app.kit.lists import among, listed
from app.kit.prepared import Prepared, worded
from app.kit.rows import columns, loose
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.permissions import must_be_heard
from app.rules.refusals import BadValue, LinkGone, NotAllowed, Refusal

LONGEST_MESSAGE = 2000


@dataclass(frozen=True)
class Saying:
    """What somebody says: to everybody, to one other participant of the classroom, or to a group of it."""

    participant_id: str
    text: str
    to: str | None = None
    group: str | None = None


async def say(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    text: str,
    to: str | None = None,
    group: str | None = None,
) -> None:
    """Say something to everybody, to one other participant of the classroom, or to a group of it."""
    (refusal,) = await say_all(work, tenant_id, classroom_id, [Saying(participant_id, text, to, group)])
    if refusal is not None:
        raise refusal


async def say_all(
    work: Work, tenant_id: str, classroom_id: str, sayings: Sequence[Saying]
) -> list[Refusal | None]:
    """The same of many, each heard or refused for themselves, in their order; None of who was heard."""
    # As for all deeds: what is read here stays true until the commit.
    classroom = await rooms.held(work, tenant_id, classroom_id)
    room = await _room(work, classroom, sayings)
    heard: list[kinds.MessageSent] = []
    refusals: list[Refusal | None] = []
    for one in sayings:
        try:
            heard.append(await _heard(work, classroom, room, one))
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            refusals.append(None)
    if heard:
        last = await events.record_all(work, tenant_id, classroom_id, heard)
        await _write(work, classroom, heard, first=last + 1 - len(heard))
    return refusals


class Room(NamedTuple):
    """The lesson that is live, if one is, and who speaks or is spoken to."""

    lesson_id: str | None
    seats: Mapping[str, Seated]


async def _heard(work: Work, classroom: Classroom, room: Room, saying: Saying) -> kinds.MessageSent:
    """What somebody says, if they may."""
    text = saying.text.strip()
    if not text:
        raise BadValue("text", "must not be empty")
    if len(text) > LONGEST_MESSAGE:
        raise BadValue("text", f"must be at most {LONGEST_MESSAGE} characters")
    speaker = insider(work, classroom, saying.participant_id, room.seats.get(saying.participant_id))
    must_be_on(classroom)
    must_be_heard(speaker.role, muted=bool(classroom.controls.get("muted")))
    _must_reach(speaker, room, saying)
    group_id, readers = await _readers(speaker, saying.group)
    return kinds.MessageSent(
        ids.new_id(), speaker.participant_id, speaker.name, text, saying.to, room.lesson_id, group_id, readers
    )


def _must_reach(speaker: Insider, room: Room, saying: Saying) -> None:
    """Refuse what is said to oneself, to a stranger, or to one and to a group at once."""
    if saying.to is None:
        return
    reader = room.seats.get(saying.to)
    if reader is None:
        raise LinkGone
    elsewhere = reader.seat.classroom_id != speaker.classroom.classroom_id
    if elsewhere or saying.to == speaker.participant_id or saying.group is not None:
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


SEAT, USER = columns(Participant), columns(User)
SEAT_OF, USER_OF = loose(Participant), loose(User)


def _seated(lesson_id: str | None, *values: Any) -> tuple[str | None, Seated | None]:
    if values[0] is None:
        return lesson_id, None
    return lesson_id, Seated(SEAT_OF(*values[: len(SEAT)]), USER_OF(*values[len(SEAT) :]))


PEOPLE: Final = Prepared(
    select(Lesson.lesson_id, *SEAT, *USER)
    .select_from(Classroom)
    .outerjoin(
        Lesson,
        (Lesson.tenant_id == Classroom.tenant_id)
        & (Lesson.classroom_id == Classroom.classroom_id)
        & Lesson.ended_at.is_(None),
    )
    .outerjoin(
        Participant,
        (Participant.tenant_id == Classroom.tenant_id)
        & among(Participant.participant_id, listed("participant_ids"))
        & Participant.removed_at.is_(None),
    )
    .outerjoin(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
    .where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=_seated,
    reads=True,
)


async def _room(work: Work, classroom: Classroom, sayings: Sequence[Saying]) -> Room:
    named = {one.participant_id for one in sayings} | {one.to for one in sayings if one.to is not None}
    found = await PEOPLE.all(
        work,
        tenant_id=classroom.tenant_id,
        classroom_id=classroom.classroom_id,
        participant_ids=list(named - {SERVER}),
    )
    seats = {seated.seat.participant_id: seated for _, seated in found if seated is not None}
    return Room(found[0][0], seats)


WRITE: Final = Prepared(
    worded(
        """
INSERT INTO messages (
    tenant_id, message_id, classroom_id, lesson_id, participant_id, to_participant_id, group_id, text,
    sent_at, seq
)
SELECT :tenant_id, one.message_id, :classroom_id, one.lesson_id, one.participant_id, one.reader, one.group_id,
    one.text, :now, :first + one.place - 1
FROM unnest(:message_ids, :lesson_ids, :participant_ids, :readers, :group_ids, :texts) WITH ORDINALITY
    AS one (message_id, lesson_id, participant_id, reader, group_id, text, place)
""",
        tenant_id=String(),
        classroom_id=String(),
        now=UTCTimestamp(),
        first=Integer(),
        **dict.fromkeys(
            ("message_ids", "lesson_ids", "participant_ids", "readers", "group_ids", "texts"), ARRAY(String)
        ),
    ),
    into=Message,
)


async def _write(work: Work, classroom: Classroom, heard: Sequence[kinds.MessageSent], *, first: int) -> None:
    """Keep messages, the first of which was recorded under this number."""
    await WRITE.run(
        work,
        tenant_id=classroom.tenant_id,
        classroom_id=classroom.classroom_id,
        now=work.now,
        first=first,
        message_ids=[one.message_id for one in heard],
        lesson_ids=[one.lesson_id for one in heard],
        participant_ids=[one.participant_id for one in heard],
        readers=[one.to for one in heard],
        group_ids=[one.group_id for one in heard],
        texts=[one.text for one in heard],
    )
