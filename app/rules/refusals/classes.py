"""The life of a class."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.rules.refusals.base import Conflict, Gone, Invalid, UnknownThing


class UnknownClassroom(UnknownThing):
    """No such classroom in the tenant."""

    def __init__(self, classroom_id: str) -> None:
        super().__init__("class", classroom_id)


@dataclass(eq=False)
class PastStart(Invalid):
    """A class cannot begin in the past."""

    starts_at: datetime

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "starts_at"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The start time has already passed."


@dataclass(eq=False)
class AlreadyStarted(Conflict):
    """The class is live already."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class has been started already."


@dataclass(eq=False)
class NotItsTime(Conflict):
    """A class with a schedule is live at its times only; `following` is when it next begins, in its zone."""

    following: datetime | None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.following is None:
            return "The class has no further lesson."
        zone = self.following.tzinfo
        name = zone.key if isinstance(zone, ZoneInfo) else "UTC"
        return (
            f"The class can be started at its time, which is next {self.following:%Y-%m-%d %H:%M} ({name})."
        )


@dataclass(eq=False)
class NotStarted(Conflict):
    """There is no live class to end."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class has not been started."


@dataclass(eq=False)
class AlreadyEnded(Conflict):
    """The class is over; `state` says how."""

    state: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class is {self.state} already."


@dataclass(eq=False)
class RoomClosed(Gone):
    """The classroom ended, expired or was cancelled, and nobody enters it any more."""

    state: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"This class is {self.state} and cannot be entered any more."


@dataclass(eq=False)
class RoomFull(Conflict):
    """As many people as the classroom takes are in it."""

    limit: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class is full: at most {self.limit} may be in it."
