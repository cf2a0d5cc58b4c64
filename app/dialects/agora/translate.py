"""This vendor's programs poll: nothing is sent to them."""

from app.dialects.base import Facts
from app.domain.events.kinds import AnyEvent
from app.domain.outbox.notice import Notice


def translate(event: AnyEvent, classroom_id: str, facts: Facts) -> Notice | None:
    """Nothing, whatever happened."""
    del event, classroom_id, facts
    return None
