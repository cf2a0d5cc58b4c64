"""The algebra under every report: half-open intervals of time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` (included) to `end` (excluded)."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


def union(intervals: Iterable[Interval], gap: timedelta = timedelta(0)) -> list[Interval]:
    """The same time as disjoint intervals in order; neighbours at most `gap` apart become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if interval.end < interval.start:
            continue
        if merged and interval.start - merged[-1].end <= gap:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


def clip(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """What of the intervals lies inside the window; what only touches its edge is left out."""
    cut = (Interval(max(i.start, window.start), min(i.end, window.end)) for i in intervals)
    return [i for i in cut if i.start < i.end]


def total(intervals: Iterable[Interval]) -> timedelta:
    """The summed length; overlaps count as often as they occur, so unite first."""
    return sum((i.length for i in intervals), timedelta(0))
