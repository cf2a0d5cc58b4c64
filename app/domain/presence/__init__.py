"""Who is in which room, from when to when, by the server's time."""

from app.domain.presence.coming import Came, Coming, must_have_room, open_visit, open_visits
from app.domain.presence.expulsion import ban, put_out
from app.domain.presence.leaving import Leaving, close_visit, close_visits
from app.domain.presence.service import close_all, close_silent, touch, touch_all

__all__ = [
    "Came",
    "Coming",
    "Leaving",
    "ban",
    "close_all",
    "close_silent",
    "close_visit",
    "close_visits",
    "must_have_room",
    "open_visit",
    "open_visits",
    "put_out",
    "touch",
    "touch_all",
]
