"""Attendance: from the visits of a lesson to one row per person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.rules.intervals import Interval, clip, union


@dataclass(frozen=True)
class Presence:
    """One visit of one person, as it was seen."""

    person: str
    opened_at: datetime
    closed_at: datetime


@dataclass(frozen=True)
class Attendance:
    """What a lesson's report says of one person; seconds are whole, overlaps count once, gaps not."""

    person: str
    first_seen: datetime
    last_seen: datetime
    seconds: int
    reconnects: int


def report(visits: Iterable[Presence], lesson: Interval) -> list[Attendance]:
    """One row per person who was present during the lesson, in order of arrival."""
    by_person: dict[str, list[Interval]] = defaultdict(list)
    for visit in visits:
        by_person[visit.person].append(Interval(visit.opened_at, visit.closed_at))
    rows = (_row(person, clip(union(times), lesson)) for person, times in by_person.items())
    return sorted((row for row in rows if row), key=lambda row: (row.first_seen, row.person))


def _row(person: str, present: list[Interval]) -> Attendance | None:
    if not present:
        return None
    # The second in which each came and went: so that what a report says of them adds up.
    seconds = sum(int(_second(one.end).timestamp() - _second(one.start).timestamp()) for one in present)
    return Attendance(person, present[0].start, present[-1].end, seconds, len(present) - 1)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
