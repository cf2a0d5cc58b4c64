"""Who comes and goes, and the life of the lesson."""

from datetime import datetime
from typing import Literal

from app.realtime.protocol.base import Told
from app.realtime.protocol.values import Person


class Joined(Told):
    """Somebody came."""

    type: Literal["joined"] = "joined"
    seq: int
    person: Person


class Left(Told):
    """Somebody's last tab went."""

    type: Literal["left"] = "left"
    seq: int
    participant_id: str
    reason: str


class Started(Told):
    """The class went live."""

    type: Literal["started"] = "started"
    seq: int
    lesson_id: str
    at: datetime


class Ready(Told):
    """Somebody pressed start in a class that both sides start."""

    type: Literal["ready"] = "ready"
    seq: int
    participant_id: str


class StartRefused(Told):
    """The class may not start; `message` is for people. Nobody is ready any more."""

    type: Literal["start_refused"] = "start_refused"
    seq: int
    message: str


class Interrupted(Told):
    """A side of the class is gone: its clock, which ran for so many seconds since it last began, stands."""

    type: Literal["interrupted"] = "interrupted"
    seq: int
    at: datetime
    seconds: int


class Resumed(Told):
    """Both sides are there again, and the clock runs."""

    type: Literal["resumed"] = "resumed"
    seq: int
    at: datetime


class Ended(Told):
    """The class ended; the socket is closed next, unless people may stay until the class closes."""

    type: Literal["ended"] = "ended"
    seq: int
    at: datetime
    by: str
    stays: bool = False


class Removed(Told):
    """Somebody's seat was taken away; the removed person's own socket is closed next."""

    type: Literal["removed"] = "removed"
    seq: int
    participant_id: str


class Closed(Told):
    """The class was called off or expired; the socket is closed next."""

    type: Literal["closed"] = "closed"
    reason: str


class Edited(Told):
    """The class was changed: whether its lessons are recorded from now on."""

    type: Literal["edited"] = "edited"
    seq: int
    recorded: bool = False


class Recording(Told):
    """The class is being recorded, the recording pauses, or it is over."""

    type: Literal["recording"] = "recording"
    seq: int
    state: Literal["running", "held", "over"]


class Ack(Told):
    """The answer to a beat, with the server's time."""

    type: Literal["ack"] = "ack"
    at: datetime


class Refused(Told):
    """The server will not do it; `ref` is the refused message's own."""

    type: Literal["refused"] = "refused"
    code: str
    message: str
    ref: str | None = None
