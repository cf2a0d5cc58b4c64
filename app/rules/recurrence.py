"""When a standing class is held: the same wall time on given weekdays, whatever the clocks of its zone do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from app.rules.intervals import Interval

LONGEST_GAP = timedelta(days=1)
"""No zone ever skipped more than a day at once."""

EARLY_MINUTES = 10
"""How long before its time a scheduled lesson may start, unless the tenant's limits say otherwise."""

FURTHEST = timedelta(days=366 * 50)
"""A series is looked at this far and no further: a limit for arithmetic, not for schools."""


@dataclass(frozen=True)
class Series:
    """The plan of a standing class. `weekdays` are ISO (1 = Monday); `until` (a day) or `count` end it."""

    first: datetime
    timezone: str
    weekdays: tuple[int, ...]
    minutes: int
    until: datetime | None = None
    count: int | None = None


def occurrences(series: Series) -> Iterator[Interval]:
    """Every lesson of the series in order, in UTC; without an end it goes on for very long."""
    zone = ZoneInfo(series.timezone)
    begin = series.first.astimezone(zone).replace(tzinfo=None)
    last_day = series.until.astimezone(zone).date() if series.until else (begin + FURTHEST).date()
    days = (begin + timedelta(days=number) for number in range(FURTHEST.days))
    held = (
        day
        for day in takewhile(lambda day: day.date() <= last_day, days)
        if day.isoweekday() in series.weekdays
    )
    for number, wall in enumerate(held):
        if series.count is not None and number >= series.count:
            return
        start = instant(wall, zone)
        yield Interval(start, start + timedelta(minutes=series.minutes))


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive wall time: the earlier of two; of one that is skipped, the next that exists."""
    for minutes in range(int(LONGEST_GAP.total_seconds()) // 60 + 1):
        moved = wall + timedelta(minutes=minutes)
        found = moved.replace(tzinfo=zone).astimezone(UTC)
        if found.astimezone(zone).replace(tzinfo=None) == moved:
            return found
    return wall.replace(tzinfo=zone).astimezone(UTC)


def current(series: Series, now: datetime, early: timedelta) -> Interval | None:
    """The lesson whose time it is, from `early` before its start to its end."""
    return next((one for one in _from(series, now) if one.start - early <= now < one.end), None)


def upcoming(series: Series, now: datetime) -> Interval | None:
    """The next lesson that has not begun."""
    return next((one for one in _from(series, now) if one.start > now), None)


def last(series: Series) -> Interval | None:
    """The last lesson, or None where the series has no end (or no lesson at all)."""
    if series.until is None and series.count is None:
        return None
    final = None
    for one in occurrences(series):
        final = one
    return final


@dataclass(frozen=True)
class Weekly:
    """A series as calendars write it, in naive wall times of its zone: from `first` to `last`, every week.

    `moved` has the wall times that a clock change skips, each with the one at which the lesson is held.
    """

    first: datetime
    last: datetime | None
    moved: tuple[tuple[datetime, datetime], ...]


def weekly(series: Series, since: datetime, until: datetime) -> Weekly | None:
    """The series as calendars write it, None without a lesson; `moved` is told between two instants."""
    zone = ZoneInfo(series.timezone)
    begin = series.first.astimezone(zone).replace(tzinfo=None)
    first = _held_from(series, begin)
    final = _final(series, first)
    if final is not None and final < first:
        return None
    earliest, latest = (moment.astimezone(zone).replace(tzinfo=None) for moment in (since, until))
    wall = _held_from(series, max(first, datetime.combine(earliest.date(), first.time())))
    moved = []
    while wall <= min(final or latest, latest):
        held = instant(wall, zone).astimezone(zone).replace(tzinfo=None)
        if held != wall:
            moved.append((wall, held))
        wall = _held_from(series, wall + timedelta(days=1))
    return Weekly(first, final, tuple(moved))


def over_at(series: Series) -> datetime | None:
    """When the last lesson ends (without walking the series), or None where the series has no end."""
    zone = ZoneInfo(series.timezone)
    final = _final(series, _held_from(series, series.first.astimezone(zone).replace(tzinfo=None)))
    return None if final is None else instant(final, zone) + timedelta(minutes=series.minutes)


def _held_from(series: Series, wall: datetime) -> datetime:
    """The first wall time on one of the weekdays, from this one on."""
    return next(
        day for number in range(7) if (day := wall + timedelta(days=number)).isoweekday() in series.weekdays
    )


def _final(series: Series, first: datetime) -> datetime | None:
    """The last wall time, reckoned without walking the series."""
    ends = []
    if series.until is not None:
        last_day = series.until.astimezone(ZoneInfo(series.timezone)).date()
        week_before = datetime.combine(last_day, first.time()) - timedelta(days=6)
        days = (week_before + timedelta(days=number) for number in reversed(range(7)))
        ends.append(next(day for day in days if day.isoweekday() in series.weekdays))
    if series.count is not None:
        weeks, further = divmod(series.count - 1, len(set(series.weekdays)))
        final = first + timedelta(weeks=weeks)
        for _ in range(further):
            final = _held_from(series, final + timedelta(days=1))
        ends.append(final)
    return min(ends, default=None)


def _from(series: Series, now: datetime) -> Iterator[Interval]:
    """The lessons that end after now, up to two weeks later, or after the first: a week has them all."""
    horizon = max(now, series.first) + timedelta(days=15)
    return (one for one in takewhile(lambda one: one.start <= horizon, occurrences(series)) if one.end > now)
