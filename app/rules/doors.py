"""When a classroom lets people in: not long before its start, not after its end, not more than it takes."""

from datetime import datetime, timedelta

from app.rules.lifecycle import OVER, State
from app.rules.refusals import NotItsTime, RoomClosed, RoomFull


def must_be_open(
    state: State, starts_at: datetime | None, ends_at: datetime | None, now: datetime, early: timedelta
) -> None:
    """Refuse who comes before the start (less `early`), from the end on, or when it is over.

    A lesson that is live stays open to those who come back, whatever the plan says.
    """
    if state in OVER:
        raise RoomClosed(state.value)
    if state == State.LIVE:
        return
    if ends_at is not None and now >= ends_at:
        raise RoomClosed(State.COMPLETED.value)
    if starts_at is not None and now < starts_at - early:
        raise NotItsTime(starts_at)


def must_fit(limit: int | None, others: int) -> None:
    """Refuse whoever comes when so many others are there already."""
    if limit is not None and others >= limit:
        raise RoomFull(limit)
