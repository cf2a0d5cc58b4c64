"""When a classroom lets people in."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.doors import must_be_open, must_fit
from app.rules.lifecycle import State
from app.rules.refusals import NotItsTime, Refusal, RoomClosed, RoomFull

NINE, TEN = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
EARLY = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "now", "refusal"),
    [
        (State.SCHEDULED, NINE - EARLY - MINUTE, NotItsTime),
        (State.SCHEDULED, NINE - EARLY, None),
        (State.SCHEDULED, TEN - MINUTE, None),
        (State.SCHEDULED, TEN, RoomClosed),
        (State.LIVE, NINE - EARLY - MINUTE, None),
        (State.LIVE, TEN + MINUTE, None),
        (State.CANCELLED, NINE, RoomClosed),
        (State.COMPLETED, NINE, RoomClosed),
    ],
)
def test_a_classroom_is_open_from_shortly_before_its_start_to_its_end(
    state: State, now: datetime, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        must_be_open(state, NINE, TEN, now, EARLY)
        return
    with pytest.raises(refusal):
        must_be_open(state, NINE, TEN, now, EARLY)


def test_a_classroom_without_times_is_always_open() -> None:
    must_be_open(State.SCHEDULED, None, None, NINE, EARLY)


def test_a_classroom_takes_as_many_as_it_says() -> None:
    must_fit(None, 1_000_000)
    must_fit(2, 1)
    with pytest.raises(RoomFull):
        must_fit(2, 2)
