"""What befalls a classroom and its lessons."""

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
    recorded: bool = False


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
    """A lesson ended; `by` is a participant, or `overtime`, `empty`, `cancelled`, `crash`.

    Of a joint lesson: `seconds` is the length of its last stretch, `reference` and `endpoint` the customer's
    names of the classroom and of the way in. `starts_at` is the planned start, `started_at` the actual one.
    """

    lesson_id: str
    starts_at: datetime
    timezone: str
    at: datetime
    by: str
    seconds: int | None = None
    reference: str = ""
    endpoint: str = ""
    stays: bool = False
    """Whether people may stay in the room, until it closes."""
    started_at: datetime | None = None


@dataclass(frozen=True)
class ClassroomEnded:
    """A reserved classroom is over without ever having been live; people may stay until it closes."""

    starts_at: datetime
    timezone: str
    at: datetime


@dataclass(frozen=True)
class ClassroomClosed:
    """A classroom in which people lingered closed its doors: everybody is put out."""

    at: datetime


@dataclass(frozen=True)
class StartPressed:
    """One side of a joint classroom wants to start."""

    participant_id: str
    name: str


@dataclass(frozen=True)
class StartRefused:
    """The customer said no to the start of a joint lesson; `message` is for the people in the room."""

    message: str


@dataclass(frozen=True)
class LessonInterrupted:
    """A joint lesson lost one side after a stretch of so many whole seconds; it may come back in a minute."""

    lesson_id: str
    at: datetime
    seconds: int
    reference: str
    endpoint: str


@dataclass(frozen=True)
class LessonResumed:
    """Both sides of an interrupted lesson are there again: a new stretch begins."""

    lesson_id: str
    at: datetime


@dataclass(frozen=True)
class SeriesEnded:
    """A standing classroom had its last lesson, or its last day passed."""

    starts_at: datetime
    timezone: str
    at: datetime
