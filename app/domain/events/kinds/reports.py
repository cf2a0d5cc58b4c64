"""What is ready once a lesson is over."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AttendanceRow:
    """One person in the report of a lesson; `opened` counts different files."""

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
    # Reports of earlier versions have none of these.
    hands: int = 0
    reactions: int = 0
    questions: int = 0
    opened: int = 0
    strokes: int = 0
    quiz_attempted: int = 0
    quiz_correct: int = 0
    quiz_wrong: int = 0


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


@dataclass(frozen=True)
class RecordingReady:
    """The event recording of a lesson can be played."""

    lesson_id: str
    recording_id: str
    started_at: datetime
    timezone: str
    seconds: int
