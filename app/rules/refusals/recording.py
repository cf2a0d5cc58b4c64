"""Refusals about recordings on demand."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict, Invalid


@dataclass(eq=False)
class RecordingNotRunning(Conflict):
    """There is no recording that could be changed or stopped."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class is not being recorded."


@dataclass(eq=False)
class RecordingRunning(Conflict):
    """There is one recording at a time, and it has not ended."""

    take_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class is being recorded already."


@dataclass(eq=False)
class NoPageToRecord(Invalid):
    """A film of a web page needs the page, or the root that it lies under."""

    @property
    def field(self) -> str:
        """The input that is missing."""
        return "page"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "A recording of a web page needs the address of the page, or its root."
