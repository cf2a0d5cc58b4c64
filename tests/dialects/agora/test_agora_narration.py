"""Every kind of event is decided: told to pollers, or not."""

from typing import get_args

from app.dialects.agora.narrate import NARRATED, NOT_NARRATED
from app.domain.events.kinds import AnyEvent


def test_every_kind_of_event_is_narrated_or_not() -> None:
    assert not NARRATED.keys() & NOT_NARRATED
    assert NARRATED.keys() | NOT_NARRATED == {kind.__name__ for kind in get_args(AnyEvent)}
