"""A bound on what a call may cost: parsers of what comes from outside must not be kept busy by it."""

import contextlib
import gc
import signal
from collections.abc import Iterator
from types import FrameType


class TooSlowError(AssertionError):
    pass


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail what needs more of this process's CPU time, also while it is still at it; waiting is free."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"It took more than {seconds} s.")

    before = signal.signal(signal.SIGVTALRM, stop)
    # What else this process keeps makes looking for garbage long; a server leaves that out (app/main.py).
    gc.disable()
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        gc.enable()
        signal.signal(signal.SIGVTALRM, before)
