"""Calendars are read back by the library, and hold the lessons that the series has, no other."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from app.kit.ical import Entry, render
from app.rules.recurrence import Series, instant, occurrences, over_at

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def entry(series: Series | None = None, **more: Any) -> Entry:
    values: dict[str, Any] = {
        "uid": "one@homeroom",
        "revision": 0,
        "created_at": NOW,
        "changed_at": NOW,
        "title": "Algebra",
        "text": "",
        "url": "http://homeroom.test/door",
        "cancelled": False,
        "starts_at": series.first if series else utc("2026-03-03T09:00"),
        "timezone": series.timezone if series else "Europe/Berlin",
        "minutes": series.minutes if series else 45,
        "series": series,
    }
    return Entry(**(values | more))


def event_of(made: bytes) -> Event:
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def times(value: Any) -> list[datetime]:
    """The naive wall times of an EXDATE or RDATE."""
    return [one.dt.replace(tzinfo=None) for one in value.dts] if value else []


def starts(event: Event, zone: str, before: datetime) -> list[datetime]:
    """What a calendar program makes of a repeating event: wall times first, instants last."""
    first = event["DTSTART"].dt
    rule = event["RRULE"].to_ical().decode()
    if "UNTIL=" in rule:
        until = datetime.strptime(rule.split("UNTIL=")[1][:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        wall = until.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        rule = rule.replace(f"{until:%Y%m%dT%H%M%SZ}", f"{wall:%Y%m%dT%H%M%S}")
    walls = rruleset()
    walls.rrule(rrulestr(rule, dtstart=first.replace(tzinfo=None)))
    for skipped in times(event.get("EXDATE")):
        walls.exdate(skipped)
    for held in times(event.get("RDATE")):
        walls.rdate(held)
    instants = (instant(wall, ZoneInfo(zone)) for wall in walls)
    return list(takewhile(lambda one: one < before, instants))


@given(
    first=st.integers(0, 500_000).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes)),
    zone=st.sampled_from(ZONES),
    weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple),
    days=st.none() | st.integers(0, 700),
    count=st.none() | st.integers(1, 300),
)
def test_a_calendar_holds_the_lessons_of_the_series(
    first: datetime, zone: str, weekdays: tuple[int, ...], days: int | None, count: int | None
) -> None:
    until = None if days is None else first + timedelta(days=days)
    series = Series(first, zone, weekdays, 60, until, count)
    made = render("Ada", [entry(series)], NOW)
    end = utc("2028-06-01T00:00")
    expected = [one.start for one in takewhile(lambda one: one.start < end, occurrences(series))]
    if not expected:
        assert b"VEVENT" not in made
        return
    assert starts(event_of(made), zone, end) == expected
    if until or count:
        assert over_at(series) == list(occurrences(series))[-1].end


@pytest.mark.parametrize(
    ("zone", "first", "rule_until", "start"),
    [
        # Eight Wednesdays over the change of clocks; in Lord Howe it is half an hour.
        ("Europe/Berlin", "2026-03-04T08:00", "20260422T070000Z", "20260304T090000"),
        ("America/New_York", "2026-03-04T14:00", "20260422T130000Z", "20260304T090000"),
        ("Asia/Kolkata", "2026-03-04T03:30", "20260422T033000Z", "20260304T090000"),
        ("Australia/Lord_Howe", "2026-03-03T22:00", "20260421T223000Z", "20260304T090000"),
    ],
)
def test_a_series_is_a_rule_at_wall_time_in_its_zone(
    zone: str, first: str, rule_until: str, start: str
) -> None:
    text = render("Ada", [entry(Series(utc(first), zone, (3,), 60, count=8))], NOW).decode()
    assert f"DTSTART;TZID={zone}:{start}\r\n" in text
    assert f"RRULE:FREQ=WEEKLY;UNTIL={rule_until};BYDAY=WE\r\n" in text
    assert f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n" in text
    assert "DURATION:PT1H\r\n" in text


def test_the_first_lesson_is_where_the_calendar_begins() -> None:
    sunday = utc("2026-03-01T09:00")
    event = event_of(render("Ada", [entry(Series(sunday, "UTC", (3, 5), 60))], NOW))
    assert event["DTSTART"].dt == utc("2026-03-04T09:00")


def test_a_lesson_that_a_clock_change_moves_is_told_by_itself() -> None:
    series = Series(utc("2026-03-22T01:30"), "Europe/Berlin", (7,), 60, count=3)
    text = render("Ada", [entry(series)], NOW).decode()
    assert "EXDATE;TZID=Europe/Berlin:20260329T023000\r\n" in text
    assert "RDATE;TZID=Europe/Berlin:20260329T030000\r\n" in text


def test_the_second_of_two_equal_wall_times_is_told_in_utc() -> None:
    text = render("Ada", [entry(starts_at=utc("2026-10-25T01:30"))], NOW).decode()
    assert "DTSTART:20261025T013000Z\r\n" in text
    text = render("Ada", [entry(starts_at=utc("2026-10-25T00:30"))], NOW).decode()
    assert "DTSTART;TZID=Europe/Berlin:20261025T023000\r\n" in text


@pytest.mark.parametrize(
    "zone", ["UTC", "Etc/UTC", "GMT", "Asia/Calcutta", "Etc/GMT+5", "Zulu", "US/Eastern"]
)
def test_every_name_of_a_zone_gives_the_instant_back(zone: str) -> None:
    made = render("Ada", [entry(timezone=zone)], NOW)
    assert event_of(made)["DTSTART"].dt.astimezone(UTC) == utc("2026-03-03T09:00")


def test_an_entry_says_what_it_is() -> None:
    made = entry(revision=3, cancelled=True, title="Fun, games; \\ Ünïcode", text="One\r\nTwo\rThree\x07")
    event = event_of(render("Ada", [made], NOW))
    assert event["UID"] == "one@homeroom"
    assert (event["SEQUENCE"], event["STATUS"]) == (3, "CANCELLED")
    assert event["SUMMARY"] == "Fun, games; \\ Ünïcode"
    assert event["DESCRIPTION"] == "One\nTwo\nThree"
    assert event["URL"] == "http://homeroom.test/door"
    assert event["DURATION"].dt == timedelta(minutes=45)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW


def test_text_cannot_become_another_line() -> None:
    made = entry(title="A\r\nATTACH:http://evil.test", url="http://homeroom.test/door")
    text = render("A\nB", [made], NOW).decode()
    assert "\nATTACH" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_the_same_entries_make_the_same_bytes() -> None:
    one = entry(Series(utc("2026-03-04T08:00"), "Europe/Berlin", (3,), 60))
    assert render("Ada", [one], NOW) == render("Ada", [one], NOW + timedelta(days=30))
