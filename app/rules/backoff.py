"""When a delivery that failed is tried again, and when it is given up."""

from datetime import datetime, timedelta
from enum import Enum

PARK_SECONDS = (5, 10, 20, 40, 80, 160, 300)
"""Waits while a receiver is away; the last repeats. Its messages keep their order and are never given up."""

AWAY_SECONDS = (5, 15, 60, 300, 900)
"""Waits of a lane whose messages get no answer while others pass; the last repeats."""

REFUSED_SECONDS = (5, 30, 120, 600)
"""Waits in its lane after a receiver refused one message; then it goes aside and the next one goes."""

ASIDE_SECONDS = (1_800, 3_600, 7_200, 18_000, *(36_000,) * 7)
"""Waits of a message that was put aside, 78 hours in all; then it is dead."""

PATIENCE = timedelta(hours=3)
"""How long a refused message holds its lane back while the receiver takes no other either."""

GIVEN_UP = timedelta(hours=120)
"""How long a receiver may fail before nothing more is sent there until somebody says so."""

PROBE = timedelta(seconds=20)
"""Longer than a request may take: the lanes of a receiver that was away wait for the one that tries first."""

LONGEST_RETRY_AFTER = timedelta(hours=10)
THROTTLED = frozenset({429, 502, 503, 504})
DELIVERED = range(200, 300)
GONE = 410


class Verdict(Enum):
    """What an answer means."""

    DELIVERED = "delivered"
    AWAY = "away"
    REFUSED = "refused"
    GONE = "gone"


def judge(status: int | None) -> Verdict:
    """What a status means; None stands for no answer at all."""
    if status is None or status in THROTTLED:
        return Verdict.AWAY
    if status in DELIVERED:
        return Verdict.DELIVERED
    return Verdict.GONE if status == GONE else Verdict.REFUSED


def _wait(seconds: tuple[int, ...], tries: int) -> timedelta:
    return timedelta(seconds=seconds[min(tries, len(seconds)) - 1])


def parked(tries: int, now: datetime, retry_after: timedelta | None = None) -> datetime:
    """When a receiver that was away `tries` (1 or more) times in a row is tried again.

    `Retry-After` can only lengthen.
    """
    wait = _wait(PARK_SECONDS, tries)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_RETRY_AFTER))
    return now + wait


def after_away(tries: int, now: datetime, retry_after: timedelta | None = None) -> datetime:
    """The next try of a lane after `tries` (1 or more) in a row without an answer, where others pass."""
    wait = _wait(AWAY_SECONDS, tries)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_RETRY_AFTER))
    return now + wait


def after_refusal(refusals: int, now: datetime) -> datetime:
    """The next try in its lane after a message was refused so often (1 or more)."""
    return now + _wait(REFUSED_SECONDS, refusals)


def goes_aside(refusals: int, since: datetime, now: datetime, *, others_pass: bool) -> bool:
    """Whether a message that was refused so often since then makes way for the next of its lane."""
    return refusals > len(REFUSED_SECONDS) and (others_pass or now - since >= PATIENCE)


def after_aside(refusals: int, now: datetime) -> datetime | None:
    """The next try of a message put aside, after so many refusals there (0: just put); None: it is dead."""
    if refusals >= len(ASIDE_SECONDS):
        return None
    return now + timedelta(seconds=ASIDE_SECONDS[refusals])
