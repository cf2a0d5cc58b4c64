"""How reserved classrooms and their feeds say no."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict, Gone, Refusal
from app.rules.refusals.classes import RoomClosed


@dataclass(eq=False)
class NameTaken(Conflict):
    """There is a classroom of this name already."""

    name: str

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "reference"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is a class {self.name!r} already."


@dataclass(eq=False)
class OtherForm(Conflict):
    """There is a classroom of this name already, and it is of another form."""

    name: str
    form: str

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "form"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class {self.name!r} is of another form: {self.form}."


class LessonOver(RoomClosed):
    """The lesson is over, and what is done in lessons is not done any more."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class is over."


@dataclass(eq=False)
class Purged(Gone):
    """What happened up to here is not kept any more."""

    number: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The event {self.number} is not kept any more."


class CallerGone(Refusal):
    """Whoever asked hung up before the answer was there."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The caller hung up."
