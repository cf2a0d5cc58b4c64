"""Where time comes from: one protocol, the system's clock and one that tests move by hand."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that can say what time it is, as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present instant."""
        ...


class SystemClock:
    """The machine's clock; the only reader of it in the code base."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved, forward only."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant the clock was last moved to."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward by a span."""
        return self.set(self._now + by)

    def set(self, to: datetime) -> datetime:
        """Move the clock forward to an instant; an earlier one is refused."""
        if to < self._now:
            message = f"a clock only moves forward: {to} is before {self._now}"
            raise ValueError(message)
        self._now = to
        return to
