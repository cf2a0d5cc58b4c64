"""Keeps what happens thousands of times a second from being logged as often."""

import time
from collections.abc import Callable


class Seldom:
    """Gives a turn once in so many seconds; what came between is counted.

    `timer` gives seconds that never go back.
    """

    def __init__(self, seconds: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._timer = timer
        self._next = float("-inf")
        self._passed = 0

    def turn(self) -> int | None:
        """How often no turn was given since the last one; None where there is none now."""
        now = self._timer()
        if now < self._next:
            self._passed += 1
            return None
        passed, self._passed, self._next = self._passed, 0, now + self._seconds
        return passed
