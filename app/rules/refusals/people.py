"""How Homeroom says no to people and to what they do with one another."""

from dataclasses import dataclass
from datetime import datetime

from app.rules.refusals.base import Conflict, Denied


@dataclass(eq=False)
class Banned(Denied):
    """Somebody was put out of the class and may not come back, or not yet."""

    until: datetime | None = None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.until is None:
            return "You were put out of this class and cannot come back."
        return f"You were put out of this class. You can come back after {self.until:%H:%M} UTC."


@dataclass(eq=False)
class RoomMuted(Denied):
    """Only who leads the class may speak in the chat now."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The chat is muted."


@dataclass(eq=False)
class StageFull(Conflict):
    """As many are on the stage as it has places."""

    places: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The stage is full: it has {self.places} places."


@dataclass(eq=False)
class NotInvited(Conflict):
    """Somebody would go on the stage whom nobody asked there."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "You were not invited on the stage."
