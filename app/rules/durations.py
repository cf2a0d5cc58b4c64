"""Spans of time as people write them: `90s`, `2h`, `1d12h30m`, `3w`."""

import re
from datetime import timedelta

from app.rules.refusals import BadValue

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
SPAN = re.compile(r"(?:\d{1,9}[wdhms])+")
PART = re.compile(r"(\d+)([wdhms])")
LONGEST = timedelta(days=366 * 50)


def is_span(text: str) -> bool:
    """Whether somebody wrote a span."""
    return SPAN.fullmatch(_compact(text)) is not None


def span(text: str, name: str) -> timedelta:
    """The span, or BadValue naming the input."""
    compact = _compact(text)
    if not SPAN.fullmatch(compact):
        raise BadValue(name, "must be a span of time such as 90s, 2h, 1d12h or 3w")
    seconds = sum(int(number) * SECONDS[unit] for number, unit in PART.findall(compact))
    if seconds > LONGEST.total_seconds():
        raise BadValue(name, f"must be at most {LONGEST.days} days")
    return timedelta(seconds=seconds)


def _compact(text: str) -> str:
    return "".join(text.split()).lower()
