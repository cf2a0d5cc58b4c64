"""Calendars as calendar programs subscribe to them (RFC 5545): entries at wall times that keep their zone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from app.rules.recurrence import Series, Weekly, instant, weekly

PRODUCT: Final = "-//Homeroom//Calendar//EN"
DAYS: Final = {1: "MO", 2: "TU", 3: "WE", 4: "TH", 5: "FR", 6: "SA", 7: "SU"}
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LOOK_BACK: Final = timedelta(days=366)
LOOK_AHEAD: Final = timedelta(days=3 * 366)
"""How far lessons that a clock change moves are told one by one; programs read a feed again long before."""
ZONE_YEARS: Final = 10
FIRST_ZONE_YEAR: Final = 1970


@dataclass(frozen=True)
class Entry:
    """One thing in a calendar: once at an instant, or as a series; `minutes` None: nobody knows how long."""

    uid: str
    revision: int
    created_at: datetime
    changed_at: datetime
    title: str
    text: str
    url: str
    cancelled: bool
    starts_at: datetime
    timezone: str
    minutes: int | None
    series: Series | None = None


def render(name: str, entries: Sequence[Entry], now: datetime) -> bytes:
    """The calendar. The same entries make the same bytes: `now` only bounds how far the future is told."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_plain(name)))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    events = [event for entry in entries if (event := _event(entry, now)) is not None]
    for timezone in _timezones(entries, now):
        calendar.add_component(timezone)
    for event in events:
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _timezones(entries: Iterable[Entry], now: datetime) -> list[Timezone]:
    names = sorted({entry.timezone for entry in entries} - {"UTC"})
    years = [entry.starts_at.year - 1 for entry in entries]
    first = max(min(years, default=now.year), FIRST_ZONE_YEAR)
    return [_timezone(name, first, now.year + ZONE_YEARS) for name in names]


@lru_cache(maxsize=200)
def _timezone(name: str, first: int, last: int) -> Timezone:
    return Timezone.from_tzinfo(ZoneInfo(name), name, date(first, 1, 1), date(max(first, last), 1, 1))


def _event(entry: Entry, now: datetime) -> Event | None:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", _plain(entry.title))
    if entry.text:
        event.add("description", _plain(entry.text))
    event.add("url", entry.url)
    # A length and no end: an end at the second 02:30 of a night on which clocks go back could not be said.
    if entry.minutes is not None:
        event.add("duration", timedelta(minutes=entry.minutes))
    if entry.series is None:
        event.add("dtstart", _start(entry))
        return event
    pattern = weekly(entry.series, now - LOOK_BACK, now + LOOK_AHEAD)
    if pattern is None:
        return None
    _repeat(event, entry.series, pattern)
    return event


def _start(entry: Entry) -> datetime:
    """Wall time in the zone; UTC for the second of two equal wall times: calendars know the first alone."""
    zone = ZoneInfo(entry.timezone)
    local = entry.starts_at.astimezone(zone).replace(microsecond=0)
    return local.astimezone(UTC) if local.fold else local


def _repeat(event: Event, series: Series, pattern: Weekly) -> None:
    zone = ZoneInfo(series.timezone)

    def in_zone(wall: datetime) -> datetime:
        return wall.replace(microsecond=0, tzinfo=zone)

    event.add("dtstart", in_zone(pattern.first))
    rule: dict[str, object] = {"freq": "WEEKLY", "byday": [DAYS[day] for day in sorted(set(series.weekdays))]}
    if pattern.last is not None:
        rule["until"] = instant(pattern.last, zone).replace(microsecond=0)
    event.add("rrule", rule)
    if pattern.moved:
        # Calendars disagree about a wall time that a clock change skips; so it is taken out, and the
        # time at which the lesson is held is put in.
        event.add("exdate", [in_zone(skipped) for skipped, _ in pattern.moved])
        event.add("rdate", [in_zone(held) for _, held in pattern.moved])


def _plain(text: str) -> str:
    """The text with line ends that the format knows, and without other control characters."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
