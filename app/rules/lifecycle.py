"""The life of a classroom: which action leads from which state to which."""

from enum import StrEnum

from app.rules.refusals import AlreadyEnded, AlreadyStarted, NotStarted


class State(StrEnum):
    """Where a classroom is in its life."""

    SCHEDULED = "scheduled"
    LIVE = "live"
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


OVER = frozenset({State.COMPLETED, State.EXPIRED, State.CANCELLED})


def advance(state: State, action: Action, *, reopens: bool) -> State:
    """The state after the action, or the refusal. A classroom that `reopens` waits again after a lesson."""
    if state in OVER:
        raise AlreadyEnded(state.value)
    match action, state:
        case Action.START, State.SCHEDULED:
            return State.LIVE
        case Action.START, _:
            raise AlreadyStarted
        case Action.END, State.LIVE:
            return State.SCHEDULED if reopens else State.COMPLETED
        case Action.END, _:
            raise NotStarted
        case Action.EXPIRE, State.SCHEDULED:
            return State.EXPIRED
        case Action.EXPIRE, _:
            raise AlreadyStarted
        case Action.CANCEL, _:
            return State.CANCELLED
        case _:
            return State.COMPLETED


OVERTIME_GRACE_MINUTES = 15
"""A lesson is ended this long after its planned length, unless the tenant's limits say otherwise."""

EMPTY_MINUTES = 15
"""A lesson is ended when its room stayed empty this long, unless the tenant's limits say otherwise."""
