from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rules.intervals import Interval
from app.rules.refusals import BadValue, NoPageToRecord, RecordingNotRunning
from app.rules.takes import TakePlan, TakeState, check, film_time, kept, longest, turned

MOVIE = TakePlan(form="movie", page="https://page.example/?room=1")


def at(minute: int) -> datetime:
    return datetime(2030, 1, 1, 9, 0, tzinfo=UTC) + timedelta(minutes=minute)


def between(*minutes: int) -> list[Interval]:
    return [Interval(at(start), at(end)) for start, end in zip(minutes[::2], minutes[1::2], strict=True)]


@pytest.mark.parametrize(
    ("hours", "minutes", "expected"),
    [
        (None, None, 2),
        (None, 30, 1),
        (None, 60, 1),
        (None, 61, 2),
        (None, 24 * 60, 24),
        (1, 300, 1),
        (720, None, 720),
    ],
)
def test_the_longest_recording(hours: int | None, minutes: int | None, expected: int) -> None:
    length = None if minutes is None else timedelta(minutes=minutes)
    assert longest(hours, length) == timedelta(hours=expected)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("bitrate", 50, 8000), ("fps", 5, 60), ("audio", 0, 2), ("hours", 1, 720)],
)
def test_numbers_have_limits(name: str, least: int, most: int) -> None:
    for value in (least, most):
        check(replace(MOVIE, **{name: value}))
    for value in (least - 1, most + 1):
        with pytest.raises(BadValue) as refusal:
            check(replace(MOVIE, **{name: value}))
        assert refusal.value.field == name


@pytest.mark.parametrize(
    ("width", "height", "refused"),
    [
        (480, 480, None),
        (1280, 720, None),
        (720, 1280, None),
        (960, 960, None),
        (479, 720, "width"),
        (1281, 700, "width"),
        (700, 1281, "height"),
        (1280, 721, "height"),
        (961, 960, "height"),
    ],
)
def test_the_size_of_the_picture(width: int, height: int, refused: str | None) -> None:
    plan = replace(MOVIE, width=width, height=height)
    if refused is None:
        return check(plan)
    with pytest.raises(BadValue) as refusal:
        check(plan)
    assert refusal.value.field == refused
    return None


@pytest.mark.parametrize(
    ("width", "height", "bitrate", "expected"),
    [(1280, 720, None, 2000), (640, 480, None, 1500), (1280, 718, None, 1500), (640, 480, 50, 50)],
)
def test_the_bitrate_goes_by_the_size(width: int, height: int, bitrate: int | None, expected: int) -> None:
    assert TakePlan(width=width, height=height, bitrate=bitrate).rate == expected


def test_the_usual_picture() -> None:
    plan = TakePlan()
    assert (plan.width, plan.height, plan.rate, plan.fps, plan.audio) == (1280, 720, 2000, 15, 0)


@pytest.mark.parametrize("where", [{"page": "https://a.example"}, {"root": "https://a.example"}])
def test_a_page_or_its_root_is_enough(where: dict[str, str]) -> None:
    check(TakePlan(form="movie", **where))  # type: ignore[arg-type]


def test_a_movie_of_no_page_is_refused_and_a_stream_needs_none() -> None:
    with pytest.raises(NoPageToRecord):
        check(TakePlan(form="movie"))
    check(TakePlan())


@pytest.mark.parametrize(
    ("state", "held", "expected"),
    [
        (TakeState.RUNNING, True, TakeState.HELD),
        (TakeState.RUNNING, False, TakeState.RUNNING),
        (TakeState.HELD, False, TakeState.RUNNING),
        (TakeState.HELD, True, TakeState.HELD),
    ],
)
def test_holding_and_going_on(state: TakeState, held: bool, expected: TakeState) -> None:  # noqa: FBT001
    assert turned(state, held=held) == expected


@pytest.mark.parametrize("held", [True, False])
def test_what_is_over_is_neither_held_nor_goes_on(held: bool) -> None:  # noqa: FBT001
    with pytest.raises(RecordingNotRunning):
        turned(TakeState.OVER, held=held)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], [0, 60]),
        ([10, 20], [0, 10, 20, 60]),
        ([0, 20], [20, 60]),
        ([50, 60], [0, 50]),
        ([0, 60], []),
        ([10, 20, 20, 30], [0, 10, 30, 60]),
        ([10, 10], [0, 60]),
    ],
)
def test_held_stretches_are_not_in_the_film(held: list[int], expected: list[int]) -> None:
    assert kept(Interval(at(0), at(60)), between(*held)) == between(*expected)


@pytest.mark.parametrize(
    ("minute", "expected"), [(-5, 0), (0, 0), (5, 5), (10, 10), (15, 10), (20, 10), (30, 20), (99, 50)]
)
def test_the_time_in_the_film(minute: int, expected: int) -> None:
    assert film_time(between(0, 10, 20, 60), at(minute)) == timedelta(minutes=expected)
