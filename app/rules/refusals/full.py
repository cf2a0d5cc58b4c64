"""Refusals of what would be too much: everything that a room carries has a bound."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict


@dataclass(eq=False)
class BoardFull(Conflict):
    """As much is drawn as the board takes; `where` says whose bound it is: page, person or lesson."""

    where: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        match self.where:
            case "page":
                return "This page of the board is full: turn to another one, or clear it."
            case "person":
                return "You have drawn as much as one person may on this board."
        return "The board is full: clear a page that is not needed any more."


@dataclass(eq=False)
class QuestionsFull(Conflict):
    """So many questions wait to be answered that no further one is taken."""

    own: bool

    @property
    def message(self) -> str:
        """One sentence for a person."""
        whose = "of yours wait" if self.own else "wait"
        return f"So many questions {whose} to be answered: no more are taken until some are closed."


@dataclass(eq=False)
class SharesFull(Conflict):
    """As many files are before the class as may be."""

    limit: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"At most {self.limit} files can be shared at once: take one away first."


@dataclass(eq=False)
class GuestsFull(Conflict):
    """The class has so many seats that nobody gets one by a common link any more."""

    limit: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class has its {self.limit} people: nobody else can come by this link."
