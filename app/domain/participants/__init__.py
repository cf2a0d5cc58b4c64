"""Seats in a classroom and the links that lead to them."""

from app.domain.participants.service import (
    enrol_many,
    enter_as_guest,
    erase_user,
    host_link,
    remove_many,
)

__all__ = ["enrol_many", "enter_as_guest", "erase_user", "host_link", "remove_many"]
