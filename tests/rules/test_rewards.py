"""How many rewards somebody has after a change."""

import pytest

from app.rules.refusals import BadValue
from app.rules.rewards import rewarded


@pytest.mark.parametrize(
    ("total", "change", "after"),
    [(0, 1, 1), (9, 1, 10), (3, -1, 2), (1, -1, 0), (0, 100, 100), (100, -100, 0)],
)
def test_rewards_rise_and_fall(total: int, change: int, after: int) -> None:
    assert rewarded(total, change) == after


@pytest.mark.parametrize(
    ("total", "change"), [(0, 0), (0, -1), (5, -6), (0, 101), (500, -101), (1_000_000, 1)]
)
def test_a_change_of_nothing_too_much_or_below_none_is_refused(total: int, change: int) -> None:
    with pytest.raises(BadValue, match="change"):
        rewarded(total, change)
