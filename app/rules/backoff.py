"""When a delivery that failed is tried again, and when it is given up."""

from datetime import datetime, timedelta
from enum import Enum

AWAY_SECONDS = (5, 15, 60, 300, 900)
"""Waits while a receiver is away; the last repeats. Its messages keep their order and are never given up."""

REFUSED_SECONDS = (5, 30, 120, 600)
"""Waits after a receiver refused one message; then the message is dead and the next goes."""

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


def after_away(tries: int, now: datetime, retry_after: timedelta | None = None) -> datetime:
    """The next try after `tries` (1 or more) in a row without an answer; `Retry-After` can only lengthen."""
    wait = timedelta(seconds=AWAY_SECONDS[min(tries, len(AWAY_SECONDS)) - 1])
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_RETRY_AFTER))
    return now + wait


def after_refusal(refusals: int, now: datetime) -> datetime | None:
    """The next try after a message was refused so often (1 or more); None when it is given up."""
    if refusals > len(REFUSED_SECONDS):
        return None
    return now + timedelta(seconds=REFUSED_SECONDS[refusals - 1])
