from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.attendance import Presence, report
from app.rules.intervals import Interval, total, union

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LESSON = Interval(START, START + timedelta(seconds=1000))
spans = st.lists(
    st.tuples(st.integers(-500, 1500), st.integers(0, 600)).map(
        lambda pair: Interval(START + timedelta(seconds=pair[0]), START + timedelta(seconds=sum(pair)))
    )
)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("visits", "seconds", "reconnects"),
    [
        ([(0, 1000)], 1000, 0),
        ([(-60, 400)], 400, 0),  # before the start is not the lesson
        ([(900, 1200)], 100, 0),  # nor is after its end
        ([(0, 300), (200, 500)], 500, 0),  # two tabs count once
        ([(0, 300), (310, 500)], 490, 1),  # a gap is not counted, the return is
        ([(0, 100), (200, 300), (400, 500)], 300, 2),
    ],
)
def test_presence_is_counted(visits: list[tuple[int, int]], seconds: int, reconnects: int) -> None:
    [row] = report([Presence("ada", at(begin), at(end)) for begin, end in visits], LESSON)
    assert (row.seconds, row.reconnects) == (seconds, reconnects)


def test_a_report_adds_up_in_whole_seconds() -> None:
    """The second in which somebody came and the one in which they went are what is told, and counted."""
    half = timedelta(milliseconds=700)
    visits = [
        Presence("ada", at(10) + half, at(14) + half / 2),
        Presence("ada", at(20) + half, at(24) + half / 2),
    ]
    [row] = report(visits, LESSON)
    told = int(
        row.last_seen.replace(microsecond=0).timestamp() - row.first_seen.replace(microsecond=0).timestamp()
    )
    absent = 20 - 14
    assert row.seconds == told - absent == 8


def test_who_was_never_there_has_no_row() -> None:
    assert report([Presence("ada", at(-60), at(0)), Presence("ben", at(1000), at(1200))], LESSON) == []


def test_rows_stand_in_order_of_arrival() -> None:
    rows = report([Presence("ben", at(5), at(10)), Presence("ada", at(1), at(10))], LESSON)
    assert [row.person for row in rows] == ["ada", "ben"]


@given(spans)
def test_nobody_is_present_longer_than_the_lesson(visits: list[Interval]) -> None:
    rows = report([Presence("ada", *visit) for visit in visits], LESSON)
    assert all(0 <= row.seconds <= 1000 for row in rows)


@given(spans)
def test_a_union_of_a_union_is_itself_and_no_longer_than_its_parts(visits: list[Interval]) -> None:
    once = union(visits)
    assert union(once) == once
    assert total(once) <= total(visits)
