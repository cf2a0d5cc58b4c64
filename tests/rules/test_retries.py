"""What failed is tried again ever later, out of step with others, and comes to an end."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules import retries
from app.rules.retries import JOB_LONGEST, JOB_TRIES, SHARE

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (JOB_TRIES - 1, 300)]
)
def test_a_job_waits_twice_as_long_each_time_and_five_minutes_at_most(tries: int, seconds: int) -> None:
    at = retries.after_failure(tries, "job", NOW)
    assert at is not None
    assert timedelta(seconds=seconds * (1 - SHARE)) <= at - NOW <= timedelta(seconds=seconds)


@pytest.mark.parametrize("tries", [JOB_TRIES, 1024, 10**9])
def test_a_job_that_failed_too_often_is_dead(tries: int) -> None:
    assert retries.after_failure(tries, "job", NOW) is None


def test_a_job_is_tried_for_about_a_day() -> None:
    waits = [retries.after_failure(tries, "job", NOW) for tries in range(1, JOB_TRIES)]
    tried_for = sum((at - NOW for at in waits if at is not None), timedelta())
    assert timedelta(hours=20) < tried_for < timedelta(hours=25)


def test_what_failed_together_does_not_come_together() -> None:
    waits = {retries.spread(JOB_LONGEST, f"job {number}", 7) for number in range(1000)}
    assert len(waits) == 1000
    assert max(waits) - min(waits) > JOB_LONGEST * SHARE * 0.9
