import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.lifecycle import OVER, Action, State, advance
from app.rules.refusals import AlreadyEnded, AlreadyStarted, NotStarted, Refusal


@pytest.mark.parametrize(
    ("state", "action", "reopens", "expected"),
    [
        (State.SCHEDULED, Action.START, False, State.LIVE),
        (State.LIVE, Action.END, False, State.COMPLETED),
        (State.LIVE, Action.END, True, State.SCHEDULED),
        (State.SCHEDULED, Action.EXPIRE, False, State.EXPIRED),
        (State.SCHEDULED, Action.CANCEL, True, State.CANCELLED),
        (State.LIVE, Action.CANCEL, False, State.CANCELLED),
        (State.SCHEDULED, Action.COMPLETE, True, State.COMPLETED),
    ],
)
def test_an_action_leads_on(state: State, action: Action, reopens: bool, expected: State) -> None:  # noqa: FBT001
    assert advance(state, action, reopens=reopens) is expected


@pytest.mark.parametrize(
    ("state", "action", "refusal"),
    [
        (State.LIVE, Action.START, AlreadyStarted),
        (State.SCHEDULED, Action.END, NotStarted),
        (State.LIVE, Action.EXPIRE, AlreadyStarted),
        (State.COMPLETED, Action.START, AlreadyEnded),
        (State.EXPIRED, Action.START, AlreadyEnded),
        (State.CANCELLED, Action.END, AlreadyEnded),
    ],
)
def test_an_action_is_refused(state: State, action: Action, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        advance(state, action, reopens=False)


@given(st.lists(st.sampled_from(Action)), st.booleans())
def test_no_path_leaves_a_terminal_state(actions: list[Action], reopens: bool) -> None:  # noqa: FBT001
    state = State.SCHEDULED
    over: State | None = None
    for action in actions:
        try:
            state = advance(state, action, reopens=reopens)
        except Refusal:
            continue
        assert over is None
        over = state if state in OVER else None
