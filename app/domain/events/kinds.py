"""Every kind of event: past tense, complete, never edited. Every dialect decides what each means to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ClassroomScheduled:
    """A classroom was made."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomEdited:
    """A classroom's plan was changed; the values are those after the change."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomCancelled:
    """A classroom will not be held."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomExpired:
    """A classroom's time passed and nobody started it."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class LessonStarted:
    """A classroom went live. `starts_at` is what was planned, or the start itself where nothing was."""

    lesson_id: str
    starts_at: datetime
    timezone: str
    at: datetime


@dataclass(frozen=True)
class LessonEnded:
    """A lesson ended; `by` is a participant, or `overtime`, `empty`, `cancelled`."""

    lesson_id: str
    starts_at: datetime
    timezone: str
    at: datetime
    by: str


@dataclass(frozen=True)
class SeriesEnded:
    """A standing classroom had its last lesson, or its last day passed."""

    starts_at: datetime
    timezone: str
    at: datetime


@dataclass(frozen=True)
class VisitorJoined:
    """Somebody who was not there is there now (further tabs of one person are not told)."""

    participant_id: str
    visit_id: str
    name: str
    role: str


@dataclass(frozen=True)
class VisitorLeft:
    """Somebody's last tab went; the event is dated at the last sign of life in `left_at`."""

    participant_id: str
    visit_id: str
    name: str
    role: str
    reason: str
    left_at: datetime


@dataclass(frozen=True)
class MessageSent:
    """A chat message; `to` is the one other reader of a private one."""

    message_id: str
    participant_id: str
    name: str
    text: str
    to: str | None
    lesson_id: str | None


@dataclass(frozen=True)
class ParticipantRemoved:
    """Somebody's seat was taken away; the link is dead."""

    participant_id: str
    user_id: str


@dataclass(frozen=True)
class AttendanceRow:
    """One person in the report of a lesson."""

    user_id: str
    guest: bool
    role: str
    joined_at: datetime
    left_at: datetime
    seconds: int
    reconnects: int
    messages: int
    ip: str
    user_agent: str


@dataclass(frozen=True)
class AttendanceReady:
    """The report of a lesson, one row per person who was present."""

    lesson_id: str
    rows: tuple[AttendanceRow, ...]


@dataclass(frozen=True)
class ChatsReady:
    """The chat of a lesson is complete; `private` has the pair of each private thread."""

    lesson_id: str
    private: tuple[tuple[str, str], ...]


AnyEvent = (
    ClassroomScheduled
    | ClassroomEdited
    | ClassroomCancelled
    | ClassroomExpired
    | LessonStarted
    | LessonEnded
    | SeriesEnded
    | VisitorJoined
    | VisitorLeft
    | MessageSent
    | ParticipantRemoved
    | AttendanceReady
    | ChatsReady
)
