"""The roles of a seat in a classroom."""

from collections.abc import Iterable
from enum import StrEnum


class SeatRole(StrEnum):
    """What somebody is in a classroom."""

    HOST = "host"
    MODERATOR = "moderator"
    PARTICIPANT = "participant"


def both_sides(roles: Iterable[str]) -> bool:
    """Whether somebody who teaches and somebody who does not are among these."""
    present = set(roles)
    return SeatRole.HOST in present and bool(present - {SeatRole.HOST})
