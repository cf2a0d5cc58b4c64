"""Waiting in tests for what another process does: look again and again, never a fixed nap."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
    """What `look` sees as soon as that is something true; a failure that names it after so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        # Another process cannot set an event of ours: all that is left is to look again soon.
        time.sleep(0.1)
    raise AssertionError(f"{what} within {seconds:.0f} s")
