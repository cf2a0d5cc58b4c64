"""Clocks that tests move."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict


@dataclass(eq=False)
class NoTestClock(Conflict):
    """Only tenants made for tests have a clock that can be moved."""

    tenant_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.tenant_id} was not made with `test: true`, so its clock is the world's."


@dataclass(eq=False)
class ClockMoved(Conflict):
    """Somebody else moved the clock at the same time."""

    name: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The clock of {self.name!r} was moved by somebody else meanwhile."


@dataclass(eq=False)
class NothingDue(Conflict):
    """There is no alarm to go to."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "Nothing is due, so there is no next alarm."
