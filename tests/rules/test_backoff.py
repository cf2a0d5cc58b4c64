from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.rules.backoff import (
    PUT_ASIDE,
    Verdict,
    after_alone,
    after_away,
    after_refusal,
    goes_aside,
    judge,
    parked,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, Verdict.AWAY),
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (301, Verdict.REFUSED),
        (304, Verdict.REFUSED),
        (400, Verdict.REFUSED),
        (404, Verdict.REFUSED),
        (410, Verdict.GONE),
        (429, Verdict.AWAY),
        (500, Verdict.REFUSED),
        (502, Verdict.AWAY),
        (503, Verdict.AWAY),
        (504, Verdict.AWAY),
    ],
)
def test_what_an_answer_means(status: int | None, verdict: Verdict) -> None:
    assert judge(status) is verdict


def about(*seconds: float) -> Any:
    return pytest.approx(list(seconds), rel=0.01)


KEYS = [f"lane {number}" for number in range(500)]


def waits(made: Callable[[int, str], datetime | None], tries: Iterable[int]) -> list[float]:
    """Seconds until the next try after so many: the longest of many keys; none is shorter by over a fifth."""
    found: list[float] = []
    for one in tries:
        until = [(at - NOW).total_seconds() for key in KEYS if (at := made(one, key)) is not None]
        assert len(until) == len(KEYS)
        found.append(max(until))
        assert min(until) == pytest.approx(max(until) * 0.8, rel=0.01)
    return found


def test_a_refused_message_is_tried_again_in_its_lane_ever_later() -> None:
    found = waits(lambda refusals, key: after_refusal(refusals, NOW, key), (1, 2, 3, 4, 9))
    assert found == about(5, 30, 120, 600, 600)


@pytest.mark.parametrize(
    ("refusals", "hours", "others_pass", "aside"),
    [
        (4, 0, "yes", False),
        (5, 0, "yes", True),
        (5, 0, "no", False),
        (20, 2.9, "no", False),
        (20, 3, "no", True),
        (4, 99, "no", False),
    ],
)
def test_a_refused_message_makes_way_when_others_pass_or_patience_ends(
    refusals: int, hours: float, others_pass: str, aside: object
) -> None:
    since = NOW - timedelta(hours=hours)
    assert goes_aside(refusals, since, NOW, others_pass=others_pass == "yes") is aside


def test_a_message_put_aside_is_tried_for_three_days_and_dies() -> None:
    found = waits(lambda refusals, key: after_alone(refusals, NOW, key), range(PUT_ASIDE, PUT_ASIDE + 11))
    assert found == about(1800, 3600, 7200, 18_000, *[36_000] * 7)
    assert after_alone(PUT_ASIDE + 11, NOW, "lane") is None


def test_a_message_that_is_sent_again_is_tried_as_soon_as_in_its_lane() -> None:
    found = waits(lambda refusals, key: after_alone(refusals, NOW, key), range(1, 7))
    assert found == about(5, 30, 120, 600, 1800, 3600)


def test_a_receiver_that_is_away_is_tried_for_ever_at_the_last_wait() -> None:
    tries = (1, 2, 3, 4, 5, 6, 7, 8, 10_000)
    found = waits(lambda one, key: parked(one, NOW, key), tries)
    assert found == about(5, 10, 20, 40, 80, 160, 300, 300, 300)
    found = waits(lambda one, key: after_away(one, NOW, key), (1, 2, 3, 4, 5, 6))
    assert found == about(5, 15, 60, 300, 900, 900)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), None),
        (timedelta(seconds=-60), None),
        (timedelta(minutes=2), timedelta(minutes=2)),
        (timedelta(days=3), timedelta(hours=10)),
    ],
)
def test_retry_after_lengthens_a_wait_within_reason(asked: timedelta, wait: timedelta | None) -> None:
    for after in (after_away, parked):
        assert after(1, NOW, "lane", asked) == (NOW + wait if wait else after(1, NOW, "lane"))
