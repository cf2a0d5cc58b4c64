"""Reading the chat."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, true

from app.domain.activities.group_queries import group_of
from app.domain.activities.tables import Message
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.permissions import LEADERS


@dataclass(frozen=True)
class Line:
    """One message with who said it."""

    message_id: str
    participant_id: str
    user_id: str
    name: str
    role: str
    text: str
    at: datetime
    to: str | None
    group_id: str | None


@dataclass(frozen=True)
class Transcript:
    """What was said in a lesson: to everybody, in each private thread (a pair of participants), in groups."""

    public: list[Line]
    private: dict[tuple[str, str], list[Line]]
    groups: list[Line]

    def messages_by_user(self) -> Counter[str]:
        """How many messages each user sent, private ones too."""
        lines = [*self.public, *self.groups, *(line for thread in self.private.values() for line in thread)]
        return Counter(line.user_id for line in lines)


async def recent(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    lesson_id: str | None,
    for_participant: str,
    limit: int = 200,
) -> list[Line]:
    """The latest messages that a participant may read, the oldest first.

    In a lesson those of it and of the time waited for it; else those since the last lesson.
    """
    which = Message.lesson_id.is_(None)
    wanted = (
        _lines(tenant_id)
        .where(
            Message.classroom_id == classroom_id,
            or_(which, Message.lesson_id == lesson_id) if lesson_id else which,
            or_(
                Message.to_participant_id.is_(None),
                Message.to_participant_id == for_participant,
                Message.participant_id == for_participant,
            ),
            await _heard_by(work, tenant_id, classroom_id, for_participant),
        )
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return [_line(*row) for row in await work.db.execute(wanted)][::-1]


async def _heard_by(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str
) -> ColumnElement[bool]:
    """Of what was said in groups: what somebody hears who is in one, or in each who leads the class."""
    role = await work.db.scalar(
        select(Participant.role).where(
            Participant.tenant_id == tenant_id, Participant.participant_id == participant_id
        )
    )
    if role in LEADERS:
        return true()
    group_id = await group_of(work, tenant_id, classroom_id, participant_id)
    return or_(
        Message.group_id.is_(None), Message.group_id == group_id, Message.participant_id == participant_id
    )


async def transcript(work: Work, tenant_id: str, lesson_id: str) -> Transcript:
    """Everything that was said in a lesson, in order."""
    wanted = _lines(tenant_id).where(Message.lesson_id == lesson_id).order_by(Message.seq)
    public: list[Line] = []
    groups: list[Line] = []
    private: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in await work.db.execute(wanted):
        line = _line(*row)
        if line.group_id is not None:
            groups.append(line)
        elif line.to is None:
            public.append(line)
        else:
            first, second = sorted((line.participant_id, line.to))
            private[first, second].append(line)
    return Transcript(public, dict(private), groups)


def _lines(tenant_id: str) -> Select[Message, Participant, User]:
    return (
        select(Message, Participant, User)
        .join(
            Participant,
            (Participant.tenant_id == Message.tenant_id)
            & (Participant.participant_id == Message.participant_id),
        )
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(Message.tenant_id == tenant_id, Participant.tenant_id == tenant_id)
    )


def _line(message: Message, seat: Participant, user: User) -> Line:
    return Line(
        message.message_id,
        seat.participant_id,
        user.user_id,
        user.name,
        seat.role,
        message.text,
        message.sent_at,
        message.to_participant_id,
        message.group_id,
    )
