"""How many rewards somebody has after a change."""

from app.rules.refusals import BadValue

MOST_AT_ONCE = 100
MOST = 1_000_000


def rewarded(total: int, change: int) -> int:
    """The number after a change up or down; it never falls below none."""
    if not 1 <= abs(change) <= MOST_AT_ONCE:
        raise BadValue("change", f"must be from 1 to {MOST_AT_ONCE}, or as much below zero")
    if not 0 <= total + change <= MOST:
        raise BadValue("change", f"must leave from 0 to {MOST} rewards")
    return total + change
