from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.recurrence import Series, current, instant, last, occurrences, upcoming

EARLY = timedelta(minutes=10)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "first", "before", "after"),
    [
        ("Europe/Berlin", "2026-03-25T08:00", "2026-03-25T08:00", "2026-04-01T07:00"),
        ("America/New_York", "2026-03-04T14:00", "2026-03-04T14:00", "2026-03-11T13:00"),
        ("Asia/Kolkata", "2026-03-25T03:30", "2026-03-25T03:30", "2026-04-01T03:30"),
        ("Australia/Lord_Howe", "2026-03-31T22:00", "2026-03-31T22:00", "2026-04-07T22:30"),
    ],
)
def test_a_weekly_class_keeps_its_wall_time_when_clocks_change(
    zone: str, first: str, before: str, after: str
) -> None:
    start = utc(first)
    weekday = start.astimezone(ZoneInfo(zone)).isoweekday()
    held = occurrences(Series(start, zone, (weekday,), 60))
    assert [one.start for one in islice(held, 2)] == [utc(before), utc(after)]


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),  # skipped: 03:00 summer time is next
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),  # half an hour is skipped there
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00"),  # a whole day was
    ],
)
def test_a_wall_time_that_does_not_exist_moves_to_the_next_that_does(
    zone: str, wall: str, expected: str
) -> None:
    assert instant(datetime.fromisoformat(wall), ZoneInfo(zone)) == utc(expected)


def test_a_series_ends_with_its_day_or_its_number() -> None:
    monday = utc("2026-03-02T09:00")
    plan = Series(monday, "UTC", (1, 3), 60)
    by_day = Series(monday, "UTC", (1, 3), 60, until=utc("2026-03-11T00:00"))
    by_number = Series(monday, "UTC", (1, 3), 60, count=3)
    assert [one.start.day for one in occurrences(by_day)] == [2, 4, 9, 11]
    assert [one.start.day for one in occurrences(by_number)] == [2, 4, 9]
    assert last(plan) is None
    final = last(by_number)
    assert final is not None
    assert final.end == utc("2026-03-09T10:00")


def test_a_first_day_that_is_none_of_the_weekdays_is_passed_over() -> None:
    sunday = utc("2026-03-01T09:00")
    assert next(occurrences(Series(sunday, "UTC", (3,), 60))).start == utc("2026-03-04T09:00")


@pytest.mark.parametrize(
    ("now", "inside"),
    [
        ("2026-03-02T08:49", False),
        ("2026-03-02T08:50", True),
        ("2026-03-02T09:59", True),
        ("2026-03-02T10:00", False),
        ("2026-03-03T09:30", False),
    ],
)
def test_a_lesson_has_its_time(now: str, inside: bool) -> None:  # noqa: FBT001 - a column of the table
    series = Series(utc("2026-03-02T09:00"), "UTC", (1,), 60)
    assert (current(series, utc(now), EARLY) is not None) is inside


def test_the_next_lesson_is_known() -> None:
    series = Series(utc("2026-03-02T09:00"), "UTC", (1,), 60, count=2)
    following = upcoming(series, utc("2026-03-02T09:00"))
    assert following is not None
    assert following.start == utc("2026-03-09T09:00")
    assert upcoming(series, utc("2026-03-09T09:00")) is None


@given(
    first=st.integers(0, 5_000_000).map(lambda minutes: utc("2020-01-01") + timedelta(minutes=minutes)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple),
)
def test_lessons_rise_and_fall_on_their_weekdays(
    first: datetime, zone: str, weekdays: tuple[int, ...]
) -> None:
    held = list(occurrences(Series(first, zone, weekdays, 60, count=40)))
    assert len(held) == 40
    assert all(one.start < two.start for one, two in pairwise(held))
    assert {one.start.astimezone(ZoneInfo(zone)).isoweekday() for one in held} <= set(weekdays)
