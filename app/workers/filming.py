"""The process that makes one part of a film: `python -m app.workers.filming`.

A process of its own: neither its work nor its memory nor its libraries' faults are the server's. It
reads a line that says what is wanted (`Wish`), then a line for each event, then END; it answers with one
line, the list of finished files, and goes away with them when its input is closed. So a server that is
killed leaves neither process nor files behind.
"""

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

from app.kit.film import Film, Look
from app.rules.intervals import Interval
from app.rules.takes import film_time
from app.workers.painter import Painter

END: Final = "end"
TICK: Final = 5
"""The clock in the picture moves this often, where nothing else does."""
SOUNDS: Final = ((False, 48), (False, 128), (True, 192))
"""Whether stereo, and kilobits a second, of each quality."""
LESS_URGENT: Final = 10


@dataclass(frozen=True)
class Wish:
    """What is wanted: the look, and which stretch of a room's time from which millisecond on for how long."""

    title: str
    timezone: str
    font: str
    in_pieces: bool
    width: int
    height: int
    fps: int
    kilobits: int
    audio: int
    stretches: list[list[str]]
    start_ms: int
    length_ms: int

    def line(self) -> str:
        """As the process reads it."""
        return json.dumps(asdict(self)) + "\n"

    @property
    def look(self) -> Look:
        """The picture and the sound. Sizes are even: two dots share their colour."""
        stereo, sound = SOUNDS[self.audio]
        even = (self.width // 2 * 2, self.height // 2 * 2)
        return Look(*even, self.fps, self.kilobits, stereo=stereo, sound_kilobits=sound)

    @property
    def intervals(self) -> list[Interval]:
        """What of the room's time is in the whole film."""
        return [Interval(*(datetime.fromisoformat(end) for end in pair)) for pair in self.stretches]


Happened = tuple[int, str, dict[str, Any]]
"""The millisecond of the film at which something happened, its kind, its facts."""


def make(wish: Wish, happened: Iterator[Happened], folder: Path) -> list[dict[str, Any]]:
    """The files of a part: name and milliseconds of each, in order."""
    look = wish.look
    film = Film(folder, look, in_pieces=wish.in_pieces)
    painter = Painter((look.width, look.height), wish.title, wish.font)
    clock = _clock(wish)
    following = next(happened, None)
    for second in range(-(-wish.length_ms // 1000)):
        at = wish.start_ms + second * 1000
        changed = second % TICK == 0
        while following is not None and following[0] <= at:
            changed |= painter.take_in(*following[1:])
            following = next(happened, None)
        if changed:
            film.show(painter.picture(clock(at)), second * 1000)
    # What happened in the last second is seen too.
    while following is not None and following[0] <= wish.start_ms + wish.length_ms:
        painter.take_in(*following[1:])
        following = next(happened, None)
    last = wish.length_ms - 1000 // look.fps
    if last > (wish.length_ms - 1) // 1000 * 1000:
        film.show(painter.picture(clock(wish.start_ms + last)), last)
    # What comes after this part is of no interest, and is there to be read.
    for _ in happened:
        pass
    return [
        {"name": piece.path.name, "milliseconds": piece.milliseconds} for piece in film.end(wish.length_ms)
    ]


def _clock(wish: Wish) -> Callable[[int], str]:
    """From a time in the film to the time of day in the room."""
    zone, stretches = ZoneInfo(wish.timezone), wish.intervals

    def clock(at_ms: int) -> str:
        left = timedelta(milliseconds=at_ms)
        for stretch in stretches:
            if left < stretch.length:
                return f"{(stretch.start + left).astimezone(zone):%H:%M:%S}"
            left -= stretch.length
        return f"{stretches[-1].end.astimezone(zone):%H:%M:%S}"

    return clock


def _read(lines: TextIO, wish: Wish, at_end: Callable[[], None]) -> Iterator[Happened]:
    """The events, with the time in the film; it never falls, whatever a late event says of its time."""
    stretches, latest = wish.intervals, 0
    for line in lines:
        if line.strip() == END:
            at_end()
            return
        event = json.loads(line)
        passed = film_time(stretches, datetime.fromisoformat(event["at"]))
        latest = max(latest, int(passed / timedelta(milliseconds=1)))
        yield latest, event["kind"], event["data"]
    raise SystemExit("the input ended early")


def main() -> None:
    """Make a part, keep it until the input is closed."""
    os.nice(LESS_URGENT)
    with TemporaryDirectory(prefix="homeroom-film-") as folder:
        wish = Wish(**json.loads(sys.stdin.readline()))

        def leave() -> None:
            sys.stdin.read()
            # Again, where a file was begun meanwhile.
            while Path(folder).exists():
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)

        leaving = threading.Thread(target=leave)
        pieces = make(wish, _read(sys.stdin, wish, leaving.start), Path(folder))
        print(json.dumps({"folder": folder, "pieces": pieces}), flush=True)  # noqa: T201 - the answer
        leaving.join()


if __name__ == "__main__":
    main()
