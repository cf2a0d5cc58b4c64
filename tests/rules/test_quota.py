"""The sliding hour as tables of cases."""

from datetime import timedelta

import pytest
from common import START

from app.rules.quota import kept, wait

SECOND = timedelta(seconds=1)


def at(*minutes: float) -> list[object]:
    return [START + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("times", "limit", "now", "seconds"),
    [
        ([], 1, 0, 0),
        ([0], 1, 0, 3600),
        ([0], 2, 0, 0),
        ([0, 10, 20], 3, 30, 1800),
        # The hour is over at its last second, not after it.
        ([0, 10, 20], 3, 59.999, 1),
        ([0, 10, 20], 3, 60, 0),
        ([0, 10, 20], 3, 61, 0),
        # A limit that was lowered: the newest calls count.
        ([0, 10, 20], 1, 30, 3000),
        # A limit that was raised.
        ([0, 10, 20], 4, 30, 0),
    ],
)
def test_how_long_a_call_has_to_wait(times: list[float], limit: int, now: float, seconds: int) -> None:
    assert wait(at(*times), limit, START + timedelta(minutes=now)) == seconds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("times", "limit", "now", "remembered"),
    [
        ([], 2, 0, [0]),
        ([0, 10], 3, 20, [0, 10, 20]),
        ([0, 10], 2, 70, [70]),
        ([0, 10], 3, 60, [10, 60]),
        # Works that waited for one another may have begun in another order than they count.
        ([0, 10], 3, 5, [0, 5, 10]),
    ],
)
def test_what_is_remembered(times: list[float], limit: int, now: float, remembered: list[float]) -> None:
    assert kept(at(*times), limit, START + timedelta(minutes=now)) == at(*remembered)  # type: ignore[arg-type]
