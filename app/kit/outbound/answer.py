"""What came back from a request of ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

BODY_BYTES: Final = 64 * 1024
"""How much of a body is read; a longer one is cut off with its connection."""


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


def as_text(first: str, headers: Iterable[tuple[str, str]]) -> str:
    """A head as it is kept: its first line and its headers."""
    return "\n".join([first.rstrip(), *(f"{name}: {value}" for name, value in headers)])


def milliseconds(since: float) -> int:
    """How long it took, by the performance counter."""
    return round((perf_counter() - since) * 1000)


def named(error: BaseException) -> str:
    """What went wrong, as it is kept."""
    return f"{type(error).__name__}: {error}"[:500]
