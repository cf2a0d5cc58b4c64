"""What can be reserved."""

from collections.abc import Collection
from enum import StrEnum

from app.rules.refusals import BadValue, RoomFull

LONGEST_TITLE_BYTES = 64
LONGEST_SECONDS = 86_400
LONGEST_LINGER_SECONDS = 5 * 86_400
USUAL_LINGER_SECONDS = 600


class Form(StrEnum):
    """What kind of lesson a reserved classroom is for."""

    ONE_TO_ONE = "one_to_one"
    LECTURE = "lecture"
    SMALL = "small"
    CLOUD = "cloud"


def must_be_bookable(title: str, duration_seconds: int | None, linger_seconds: int) -> None:
    """Refuse what cannot be reserved."""
    if not 1 <= len(title.encode()) <= LONGEST_TITLE_BYTES:
        raise BadValue("title", f"must have from 1 to {LONGEST_TITLE_BYTES} bytes")
    if duration_seconds is not None and not 1 <= duration_seconds <= LONGEST_SECONDS:
        raise BadValue("duration_seconds", f"must be from 1 to {LONGEST_SECONDS}")
    if not 0 <= linger_seconds <= LONGEST_LINGER_SECONDS:
        raise BadValue("linger_seconds", f"must be from 0 to {LONGEST_LINGER_SECONDS}")


ONE_PLACE_EACH = frozenset({Form.ONE_TO_ONE})
"""The forms in which each role is somebody's once."""


def must_have_a_place(role: str, taken: Collection[str]) -> None:
    """Refuse a second of a role, where there is one place for each."""
    if role in taken:
        raise RoomFull(1)
