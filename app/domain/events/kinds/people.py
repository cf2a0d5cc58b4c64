"""Who comes, who goes, and who has a seat."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VisitorJoined:
    """Somebody who was not there is there now (further tabs of one person are not told)."""

    participant_id: str
    visit_id: str
    name: str
    role: str
    rewards: int = 0


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
class ParticipantPutOut:
    """Somebody was put out of the room; `barred` from coming back up to `until`, without it for ever."""

    participant_id: str
    by: str
    barred: bool
    until: datetime | None


@dataclass(frozen=True)
class ParticipantAdded:
    """The customer vouched for somebody who had no seat in the classroom so far."""

    participant_id: str
    name: str
    role: str


@dataclass(frozen=True)
class ParticipantRemoved:
    """Somebody's seat was taken away; the link is dead."""

    participant_id: str
    user_id: str
