"""Seats in a classroom and the links that lead to them."""

from app.domain.participants.admitting import admit
from app.domain.participants.enrolling import enrol_many, host_link
from app.domain.participants.erasing import (
    begin_erasing,
    erase_places,
    erase_user,
    hold_a_place,
    hold_places,
    is_in_many,
)
from app.domain.participants.service import enter_as_guests, guest_name, remove_many
from app.domain.participants.timetable import timetable

__all__ = [
    "admit",
    "begin_erasing",
    "enrol_many",
    "enter_as_guests",
    "erase_places",
    "erase_user",
    "guest_name",
    "hold_a_place",
    "hold_places",
    "host_link",
    "is_in_many",
    "remove_many",
    "timetable",
]
