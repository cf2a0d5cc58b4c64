"""The life of a classroom: which action leads from which state to which."""

from datetime import timedelta
from enum import StrEnum

from app.rules.refusals import AlreadyEnded, AlreadyStarted, NotStarted


class State(StrEnum):
    """Where a classroom is in its life."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    """The lesson is over, and people may stay and come until the classroom closes."""
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can befall it."""

    START = "start"
    END = "end"
    EXPIRE = "expire"
    CANCEL = "cancel"
    COMPLETE = "complete"
    SKIP = "skip"
    CLOSE = "close"


OVER = frozenset({State.COMPLETED, State.EXPIRED, State.CANCELLED})
AFTER_THE_END = frozenset({Action.CLOSE, Action.CANCEL})
"""What can still befall a classroom whose lesson is over while people linger in it."""


LEADS_TO = {
    (Action.START, State.SCHEDULED): State.LIVE,
    (Action.EXPIRE, State.SCHEDULED): State.EXPIRED,
    (Action.SKIP, State.SCHEDULED): State.ENDED,
    (Action.CLOSE, State.ENDED): State.COMPLETED,
}
ALWAYS = {Action.CANCEL: State.CANCELLED, Action.COMPLETE: State.COMPLETED}
BEFORE_THE_START = frozenset({Action.START, Action.EXPIRE, Action.SKIP})


def advance(state: State, action: Action, *, reopens: bool, lingers: bool = False) -> State:
    """The state after the action, or the refusal.

    A classroom that `reopens` waits again after a lesson; in one that `lingers` people may stay after it.
    """
    if state in OVER or (state is State.ENDED and action not in AFTER_THE_END):
        raise AlreadyEnded(state.value)
    if action is Action.END and state is State.LIVE:
        return State.ENDED if lingers else State.SCHEDULED if reopens else State.COMPLETED
    after = ALWAYS.get(action) or LEADS_TO.get((action, state))
    if after is None:
        raise AlreadyStarted if action in BEFORE_THE_START else NotStarted
    return after


KEPT_AFTER_THE_END = timedelta(hours=1)
"""A reserved classroom is kept under its name this long after its lesson."""

KEPT_AT_MOST = timedelta(days=5)
"""And this long after it was made."""

OVERTIME_GRACE_MINUTES = 15
"""A lesson is ended this long after its planned length, unless the tenant's limits say otherwise."""

EMPTY_MINUTES = 15
"""A lesson is ended when its room stayed empty this long, unless the tenant's limits say otherwise."""
