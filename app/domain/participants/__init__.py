"""Seats in a classroom and the links that lead to them."""

from app.domain.participants.admitting import admit
from app.domain.participants.enrolling import enrol_many, host_link
from app.domain.participants.erasing import erase_user, hold_places
from app.domain.participants.service import enter_as_guests, guest_name, remove_many
from app.domain.participants.timetable import timetable

__all__ = [
    "admit",
    "enrol_many",
    "enter_as_guests",
    "erase_user",
    "guest_name",
    "hold_places",
    "host_link",
    "remove_many",
    "timetable",
]
