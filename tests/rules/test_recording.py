"""What a recording shows: every kind of event is decided, and nothing slips through."""

from typing import Any, get_args, get_type_hints

import pytest

from app.domain.events import kinds
from app.rules.recording import NOT_SHOWN, SHOWN, shown

KINDS = {kind.__name__: kind for kind in get_args(kinds.AnyEvent)}


def test_every_kind_is_decided_once() -> None:
    assert SHOWN.keys() | NOT_SHOWN == KINDS.keys()
    assert SHOWN.keys() & NOT_SHOWN == set()


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_of_a_kind_are_fields_of_it(name: str) -> None:
    assert set(SHOWN[name]) <= get_type_hints(KINDS[name]).keys()


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("MessageSent", {"text": "a", "to": None, "lesson_id": "l"}, {"text": "a"}),
        ("MessageSent", {"text": "a", "to": "p"}, None),
        ("VisitorLeft", {"participant_id": "p", "name": "Ada", "reason": "kicked"}, {"participant_id": "p"}),
        (
            "QuizAnswered",
            {"quiz_id": "z", "participant_id": "p", "choices": [1], "correct": True},
            {"quiz_id": "z"},
        ),
        ("HandLowered", {"participant_id": "p", "by": "q"}, {"participant_id": "p"}),
        ("AttendanceReady", {"rows": [{"ip": "192.0.2.7"}]}, None),
        ("ContentOpened", {"file_id": "f", "participant_id": "p"}, None),
        ("Unheard", {"text": "a"}, None),
    ],
)
def test_an_event_is_shown_as_all_saw_it(
    kind: str, data: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    assert shown(kind, data) == expected
