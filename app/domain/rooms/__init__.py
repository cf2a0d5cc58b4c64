"""Reserved classrooms: made under the customer's name, held by schedule or by hand, then given free."""

from app.domain.rooms.service import (
    Booking,
    begin,
    check_in,
    close,
    finish,
    release,
    reserve,
    set_state,
    shut,
)

__all__ = ["Booking", "begin", "check_in", "close", "finish", "release", "reserve", "set_state", "shut"]
