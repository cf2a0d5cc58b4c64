"""Every message has its verb, every event its message; and the pace of one socket."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from app.domain.events.kinds import AnyEvent
from app.domain.events.tables import Event
from app.realtime.acting import VERBS
from app.realtime.heard import Answer, AnyAct, Draw, End, Hand, React, Say, Start
from app.realtime.heard_base import Act
from app.realtime.pace import Pace
from app.realtime.telling import TOLD, UNTOLD, latest

STROKE = Draw(type="draw", page=1, color="#000000", width=1, points=[(0, 0)])
HAND = Hand(type="hand", up=True)
ANSWER = Answer(type="answer", quiz_id="q", choices=[0])


def test_every_act_has_a_verb() -> None:
    # Starting and ending are done one way or the other, as the class is held; what is said is gathered.
    assert set(VERBS) | {Start, End, Say} == set(get_args(AnyAct))


def test_every_kind_of_event_is_told_or_kept() -> None:
    assert TOLD.keys().isdisjoint(UNTOLD)
    assert TOLD.keys() | UNTOLD == {kind.__name__ for kind in get_args(AnyEvent)}


@pytest.mark.parametrize(
    ("act", "most"),
    [
        (Say(type="say", text="a"), 10),
        (React(type="react", reaction="👍"), 10),
        (STROKE, 60),
        (HAND, 10),
    ],
)
def test_so_many_in_five_seconds(act: Act, most: int) -> None:
    pace = Pace()
    assert not any(pace.too_fast(act, 100.0) for _ in range(most))
    assert pace.too_fast(act, 104.9)
    assert not pace.too_fast(act, 105.0)


def test_strokes_leave_the_others_their_pace_and_the_others_share_one() -> None:
    pace = Pace()
    assert not any(pace.too_fast(STROKE, 0.0) for _ in range(60))
    assert not any(pace.too_fast(act, 0.0) for act in [HAND, ANSWER] * 5)
    assert pace.too_fast(HAND, 1.0)
    assert pace.too_fast(ANSWER, 1.0)


def test_of_many_counts_of_answers_the_last_is_told() -> None:
    def event(seq: int, kind: str, **data: Any) -> Event:
        return Event(
            tenant_id="t",
            classroom_id="c",
            seq=seq,
            kind=kind,
            at=datetime(2026, 3, 2, tzinfo=UTC),
            data=data,
        )

    events = [
        event(1, "QuizAnswered", quiz_id="a"),
        event(2, "Reacted"),
        event(3, "QuizAnswered", quiz_id="a"),
        event(4, "QuizAnswered", quiz_id="b"),
        event(5, "PollAnswered", poll_id="a"),
        event(6, "PollAnswered", poll_id="c"),
        event(7, "PollAnswered", poll_id="a"),
    ]
    assert [one.seq for one in latest(events)] == [2, 3, 4, 6, 7]
