"""When a delivery that failed is tried again, and when it is given up.

Each wait is a little shorter, by the `key` of what waits: what failed together does not come together.
"""

from datetime import datetime, timedelta
from enum import Enum

from app.rules.retries import spread

PARK_SECONDS = (5, 10, 20, 40, 80, 160, 300)
"""Waits while a receiver is away; the last repeats. Its messages keep their order and are never given up."""

AWAY_SECONDS = (5, 15, 60, 300, 900)
"""Waits of a lane whose messages get no answer while others pass; the last repeats."""

REFUSED_SECONDS = (5, 30, 120, 600)
"""Waits in its lane after a receiver refused one message; then it goes aside and the next one goes."""

ASIDE_SECONDS = (1_800, 3_600, 7_200, 18_000, *(36_000,) * 7)
"""Waits of a message that was put aside, 78 hours in all; then it is dead."""

ALONE_SECONDS = (*REFUSED_SECONDS, *ASIDE_SECONDS)
"""Waits of a message that goes beside the order of its class from the beginning: one that is sent again."""

PUT_ASIDE = len(REFUSED_SECONDS) + 1
"""Refusals after which a message may be put aside; it goes on alone from there."""

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


def _wait(seconds: tuple[int, ...], tries: int, key: str, retry_after: timedelta | None = None) -> timedelta:
    wait = spread(timedelta(seconds=seconds[min(tries, len(seconds)) - 1]), key, tries)
    if retry_after is None:
        return wait
    # It can only lengthen.
    return max(wait, min(retry_after, LONGEST_RETRY_AFTER))


def parked(tries: int, now: datetime, key: str, retry_after: timedelta | None = None) -> datetime:
    """When a receiver that was away `tries` (1 or more) times in a row is tried again."""
    return now + _wait(PARK_SECONDS, tries, key, retry_after)


def after_away(tries: int, now: datetime, key: str, retry_after: timedelta | None = None) -> datetime:
    """The next try of a lane after `tries` (1 or more) in a row without an answer, where others pass."""
    return now + _wait(AWAY_SECONDS, tries, key, retry_after)


def after_refusal(refusals: int, now: datetime, key: str) -> datetime:
    """The next try in its lane after a message was refused so often (1 or more)."""
    return now + _wait(REFUSED_SECONDS, refusals, key)


def goes_aside(refusals: int, since: datetime, now: datetime, *, others_pass: bool) -> bool:
    """Whether a message that was refused so often since then makes way for the next of its lane."""
    return refusals >= PUT_ASIDE and (others_pass or now - since >= PATIENCE)


def after_alone(refusals: int, now: datetime, key: str) -> datetime | None:
    """The next try of a message that waits for no other, after so many refusals (1 or more); None: dead."""
    return None if refusals > len(ALONE_SECONDS) else now + _wait(ALONE_SECONDS, refusals, key)
