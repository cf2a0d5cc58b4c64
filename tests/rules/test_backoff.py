from datetime import UTC, datetime, timedelta

import pytest

from app.rules.backoff import Verdict, after_away, after_refusal, judge

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


def test_a_refused_message_has_five_tries() -> None:
    waits = [after_refusal(refusals, NOW) for refusals in range(1, 6)]
    assert waits == [*(NOW + timedelta(seconds=s) for s in (5, 30, 120, 600)), None]


def test_a_receiver_that_is_away_is_tried_for_ever_at_the_last_wait() -> None:
    waits = [after_away(tries, NOW) - NOW for tries in (1, 2, 3, 4, 5, 6, 10_000)]
    assert waits == [timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 900, 900)]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), timedelta(seconds=5)),
        (timedelta(seconds=-60), timedelta(seconds=5)),
        (timedelta(minutes=2), timedelta(minutes=2)),
        (timedelta(days=3), timedelta(hours=10)),
    ],
)
def test_retry_after_lengthens_a_wait_within_reason(asked: timedelta, wait: timedelta) -> None:
    assert after_away(1, NOW, asked) == NOW + wait
