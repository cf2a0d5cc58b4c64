"""Why somebody left, and how long silence is forgiven."""

from datetime import timedelta
from enum import StrEnum

SILENCE = timedelta(seconds=30)
"""A visit without a sign of life for this long is over; it ended at the last sign of life."""

TOUCH_EVERY = timedelta(seconds=10)
"""Signs of life are written down at most this often."""


REJOIN = timedelta(seconds=60)
"""A joint lesson that lost one side goes on when that side is back in this time."""


class LeaveReason(StrEnum):
    """How a visit ended."""

    LEFT = "left"
    DROPPED = "dropped"
    KICKED = "kicked"
    ENDED = "ended"
    DISPLACED = "displaced"
