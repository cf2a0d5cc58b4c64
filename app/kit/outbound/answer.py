"""What came back from a request of ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import perf_counter
from typing import Final

BODY_BYTES: Final = 64 * 1024
"""How much of a body is read; a longer one is cut off with its connection."""

LONGEST_NUMBER: Final = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` None: nothing did, and `error` says why."""

    status: int | None
    duration_ms: int
    body: bytes = b""
    error: str | None = None
    refused: bool = False
    """Whether no connection came about at all, so that nothing can have been received."""
    retry_after: str | None = None
    asked: str = ""
    """The head of the request, as text."""
    head: str = ""
    """The head of the answer, as text."""

    def wait(self, now: datetime) -> timedelta | None:
        """How long its `Retry-After` says to wait, in either of its two forms; nonsense counts as none."""
        value = (self.retry_after or "").strip()
        if value.isdecimal():
            # Python refuses to read thousands of digits.
            return timedelta(seconds=int(value) if len(value) < LONGEST_NUMBER else 10**LONGEST_NUMBER)
        try:
            at = parsedate_to_datetime(value)
        except Exception:  # noqa: BLE001 - of others' words the reader raises whatever it stumbles over
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now


def as_text(first: str, headers: Iterable[tuple[str, str]]) -> str:
    """A head as it is kept: its first line and its headers."""
    return storable("\n".join([first.rstrip(), *(f"{name}: {value}" for name, value in headers)]))


def storable(text: str) -> str:
    """The text as a database takes it: others' bytes may have come out as what is no character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def milliseconds(since: float) -> int:
    """How long it took, by the performance counter."""
    return round((perf_counter() - since) * 1000)


def named(error: BaseException) -> str:
    """What went wrong, as it is kept."""
    return storable(f"{type(error).__name__}: {error}"[:500])
