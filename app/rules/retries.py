"""When something that failed is tried again: bounded however often it failed, out of step with others."""

from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

JOB_TRIES: Final = 300
"""A job that failed so often, for about a day, is dead until somebody has it tried again."""
JOB_LONGEST: Final = timedelta(minutes=5)
DOUBLINGS: Final = 20
"""More of them are beyond every longest wait."""

SHARE: Final = 0.2
"""A wait is shortened by up to this part of it."""


def spread(wait: timedelta, key: str, tries: int) -> timedelta:
    """The wait, shortened a little, by what is waited for: what failed together does not come together.

    Without a key it is the wait itself: so on a test clock that stands, where each run has the same instants.
    """
    if not key:
        return wait
    return wait * (1 - SHARE * crc32(f"{key}/{tries}".encode()) / 2**32)


def after_failure(tries: int, key: str, now: datetime) -> datetime | None:
    """The next try of a job that failed so often (1 or more): after 1, 2, 4 … seconds; None: it is dead."""
    if tries >= JOB_TRIES:
        return None
    wait = min(timedelta(seconds=2 ** min(tries - 1, DOUBLINGS)), JOB_LONGEST)
    return now + spread(wait, key, tries)
