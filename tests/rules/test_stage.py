"""Who fits on the stage, and what may be said with a raised hand."""

from typing import Any

import pytest

from app.rules.refusals import BadValue, StageFull
from app.rules.stage import check_payload, must_fit_stage


@pytest.mark.parametrize(("places", "on_stage"), [(None, 1000), (1, 0), (3, 2)])
def test_there_is_room_on_the_stage(places: int | None, on_stage: int) -> None:
    must_fit_stage(places, on_stage)


@pytest.mark.parametrize(("places", "on_stage"), [(0, 0), (1, 1), (3, 4)])
def test_a_full_stage_takes_nobody(places: int, on_stage: int) -> None:
    with pytest.raises(StageFull, match=f"has {places} places"):
        must_fit_stage(places, on_stage)


@pytest.mark.parametrize("payload", [{}, {"why": "é"}, {"deep": [{"a": None}]}, {"text": "x" * 1012}])
def test_plain_json_of_some_length_goes_with_a_hand(payload: dict[str, Any]) -> None:
    check_payload(payload)


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "x" * 1013},
        {"é" * 510: 1},
        {"n": float("nan")},
        {"a": "\0"},
        {"a": "\ud800"},
        {"a": object()},
    ],
)
def test_too_much_or_what_is_no_json_does_not(payload: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="payload"):
        check_payload(payload)
