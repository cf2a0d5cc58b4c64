"""Recordings on demand."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TakeStarted:
    """The room is being recorded; `held`: from now on, and not yet."""

    take_id: str
    started_at: datetime
    held: bool


@dataclass(frozen=True)
class TakeHeld:
    """A recording pauses."""

    take_id: str
    started_at: datetime


@dataclass(frozen=True)
class TakeResumed:
    """A recording that paused goes on."""

    take_id: str
    started_at: datetime


@dataclass(frozen=True)
class TakeStopped:
    """A recording is over; `by`: `call`, `limit`, or `closed` where its class is over too."""

    take_id: str
    started_at: datetime
    at: datetime
    by: str
