"""The roles of a seat in a classroom."""

from enum import StrEnum


class SeatRole(StrEnum):
    """What somebody is in a classroom."""

    HOST = "host"
    MODERATOR = "moderator"
    PARTICIPANT = "participant"
