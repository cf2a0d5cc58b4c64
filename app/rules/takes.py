"""Recordings on demand, called takes: what may follow what, how long, how the film looks, what is in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, Literal

from app.rules.intervals import Interval, clip, union
from app.rules.refusals import BadValue, NoPageToRecord, RecordingNotRunning

HOURS: Final = 2
"""The longest recording of a class that has no length."""
PART: Final = timedelta(hours=2)
"""A film goes on in a new file after this long."""
MOST_PIXELS: Final = 1280 * 720
RATES: Final = (1500, 2000)
"""Kilobits a second where nothing is said: of smaller pictures, and of the largest."""
LONGEST_ADDRESS: Final = 2048

LIMITS: Final[dict[str, tuple[int, int]]] = {
    "width": (480, 1280),
    "height": (480, 1280),
    "bitrate": (50, 8000),
    "fps": (5, 60),
    "audio": (0, 2),
    "hours": (1, 720),
}


class TakeState(StrEnum):
    """Where a take is: `held` records nothing and may go on."""

    RUNNING = "running"
    HELD = "held"
    OVER = "over"


@dataclass(frozen=True)
class TakePlan:
    """What is asked of a take: a `stream` is of many short pieces, a `movie` of files of about two hours."""

    form: Literal["stream", "movie"] = "stream"
    page: str = ""
    """The page to be recorded, as the customer names it; the film always shows the classroom."""
    root: str = ""
    held: bool = False
    width: int = 1280
    height: int = 720
    bitrate: int | None = None
    fps: int = 15
    audio: int = 0
    """0: mono at 48 kbit/s, 1: mono at 128, 2: stereo at 192."""
    hours: int | None = None

    @property
    def rate(self) -> int:
        """Kilobits a second of the picture."""
        return self.bitrate or RATES[self.width * self.height >= MOST_PIXELS]


def check(plan: TakePlan) -> None:
    """Refuse what cannot be filmed."""
    if plan.form == "movie" and not plan.page and not plan.root:
        raise NoPageToRecord
    for name in ("page", "root"):
        if len(getattr(plan, name)) > LONGEST_ADDRESS:
            raise BadValue(name, f"must be at most {LONGEST_ADDRESS} characters")
    for name, (least, most) in LIMITS.items():
        value = getattr(plan, name)
        if value is not None and not least <= value <= most:
            raise BadValue(name, f"must be from {least} to {most}")
    if plan.width * plan.height > MOST_PIXELS:
        raise BadValue("height", f"times the width must be at most {MOST_PIXELS}")


def longest(hours: int | None, length: timedelta | None) -> timedelta:
    """How long a take runs at most: as asked, else the class's length in full hours, else two hours."""
    if hours is None:
        hours = ceil(length / timedelta(hours=1)) if length else HOURS
    return timedelta(hours=hours)


def turned(state: TakeState, *, held: bool) -> TakeState:
    """The state after a take was told to hold or to go on; twice the same changes nothing."""
    if state == TakeState.OVER:
        raise RecordingNotRunning
    return TakeState.HELD if held else TakeState.RUNNING


def kept(take: Interval, held: Iterable[Interval]) -> list[Interval]:
    """What of a take is in its film, in order: all but the stretches in which it was held."""
    found, begin = [], take.start
    for pause in union(clip(held, take)):
        found.append(Interval(begin, pause.start))
        begin = pause.end
    found.append(Interval(begin, take.end))
    return [stretch for stretch in found if stretch.start < stretch.end]


def film_time(stretches: Iterable[Interval], at: datetime) -> timedelta:
    """How much of the film has passed at an instant."""
    return sum((min(one.end, at) - one.start for one in stretches if one.start < at), timedelta(0))
