"""Reading the chat."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from heapq import merge
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ARRAY, Integer, String, func, select, true

from app.domain.activities.tables import Message
from app.domain.participants.lookups import who
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
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


def _heard(reader: str | None, seq: int, *line: Any) -> tuple[str | None, int, Line]:
    return reader, seq, Line(*line)


# What was said to all is read once, however many want to know; what was not, for each who may read it. Of the
# lesson and of the time after the last one apart: so the index leads to it, however much was said before.
# How many stands in the statement: of a number that it is given with the values the database expects a tenth
# of all there is, and goes another way.
HEARD: Final = """
WITH asides AS MATERIALIZED (
    SELECT * FROM messages
    WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND lesson_id = :lesson_id
    AND (to_participant_id IS NOT NULL OR group_id IS NOT NULL)
    UNION ALL
    SELECT * FROM messages
    WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND lesson_id IS NULL
    AND (to_participant_id IS NOT NULL OR group_id IS NOT NULL)
), readers AS (
    SELECT participants.participant_id, participants.role = ANY (:leaders) AS leads, members.group_id
    FROM participants LEFT JOIN group_members AS members
        ON members.tenant_id = :tenant_id AND members.classroom_id = :classroom_id
        AND members.participant_id = participants.participant_id
    WHERE participants.tenant_id = :tenant_id
    AND participants.participant_id = ANY (ARRAY(SELECT unnest(:readers)))
), heard AS (
    (
        SELECT NULL AS reader, * FROM messages
        WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND lesson_id = :lesson_id
        AND to_participant_id IS NULL AND group_id IS NULL
        ORDER BY seq DESC LIMIT {most}
    )
    UNION ALL
    (
        SELECT NULL, * FROM messages
        WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND lesson_id IS NULL
        AND to_participant_id IS NULL AND group_id IS NULL
        ORDER BY seq DESC LIMIT {most}
    )
    UNION ALL
    SELECT readers.participant_id, mine.* FROM readers CROSS JOIN LATERAL (
        SELECT * FROM asides
        WHERE asides.participant_id = readers.participant_id
        OR (to_participant_id IS NULL OR to_participant_id = readers.participant_id)
        AND (readers.leads OR asides.group_id IS NULL OR asides.group_id = readers.group_id)
        ORDER BY seq DESC LIMIT {most}
    ) AS mine
)
SELECT reader, seq, message_id, heard.participant_id, users.user_id, users.name, participants.role, text,
    sent_at, to_participant_id, group_id
FROM heard
JOIN participants ON participants.tenant_id = :tenant_id
    AND participants.participant_id = heard.participant_id
JOIN users ON users.tenant_id = :tenant_id AND users.user_id = participants.user_id
ORDER BY seq
"""


@lru_cache(maxsize=16)
def _recent(most: int) -> "Prepared[tuple[str | None, int, Line]]":
    """Reads so many of what each reader may read."""
    return Prepared(
        worded(
            HEARD.replace("{most}", str(most)),
            **dict.fromkeys(("tenant_id", "classroom_id", "lesson_id"), String()),
            **dict.fromkeys(("readers", "leaders"), ARRAY(String)),
        ).columns(
            reader=String,
            seq=Integer,
            **dict.fromkeys(("message_id", "participant_id", "user_id", "name", "role", "text"), String),
            sent_at=UTCTimestamp,
            to_participant_id=String,
            group_id=String,
        ),
        into=_heard,
        reads=True,
    )


async def recent(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    lesson_id: str | None,
    for_participants: Collection[str],
    limit: int = 200,
) -> dict[str, list[Line]]:
    """The latest messages that each of these participants may read, the oldest first.

    In a lesson those of it and of the time waited for it; else those since the last lesson. Of what was said
    in groups: what somebody hears who is in one, or in each who leads the class.
    """
    found = await _recent(limit).all(
        work,
        tenant_id=tenant_id,
        classroom_id=classroom_id,
        # An id that no lesson has, and not NULL, for which the database would make another plan at each call.
        lesson_id=lesson_id or "",
        readers=list(for_participants),
        leaders=[role.value for role in LEADERS],
    )
    public = [(seq, line) for reader, seq, line in found if reader is None]
    asides = defaultdict[str, list[tuple[int, Line]]](list)
    for reader, seq, line in found:
        if reader is not None:
            asides[reader].append((seq, line))
    return {
        reader: [line for _, line in merge(public, asides[reader], key=itemgetter(0))][-limit:]
        for reader in for_participants
    }


async def transcript(work: Work, tenant_id: str, classroom_id: str, lesson_id: str) -> Transcript:
    """Everything that was said in a lesson, in order."""
    wanted = (
        select(Message, SEAT, WHOSE)
        .select_from(Message)
        .join(SEAT, true())
        .join(WHOSE, true())
        .where(
            Message.tenant_id == tenant_id,
            Message.classroom_id == classroom_id,
            Message.lesson_id == lesson_id,
        )
        .order_by(Message.seq)
    )
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


async def private_threads(work: Work, tenant_id: str, classroom_id: str) -> dict[str, list[tuple[str, str]]]:
    """Who spoke in private in each lesson of a classroom: pairs of participants, the first thread first."""
    one, other = Message.participant_id, Message.to_participant_id
    found = await work.db.execute(
        select(Message.lesson_id, one, other)
        .where(
            Message.tenant_id == tenant_id,
            Message.classroom_id == classroom_id,
            Message.lesson_id.is_not(None),
            Message.group_id.is_(None),
            other.is_not(None),
        )
        .group_by(Message.lesson_id, one, other)
        .order_by(func.min(Message.seq))
    )
    threads = defaultdict[str, dict[tuple[str, str], None]](dict)
    for lesson_id, *pair in found:
        first, second = sorted(map(str, pair))
        threads[str(lesson_id)].setdefault((first, second))
    return {lesson_id: list(pairs) for lesson_id, pairs in threads.items()}


SEAT, WHOSE = who(Message)


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
