"""A recording as a zip: one pass over the ledger, memory bounded however long the lesson was."""

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

from app.domain.recordings.queries import Shown
from app.domain.recordings.tables import Recording
from app.rules import drawing

IN_MEMORY: Final = 256 * 1024
"""Bytes of each file that are kept in memory; what is more lies in a temporary file."""

README: Final = """\
{title}

This is the recording of a lesson that began at {started_at:%Y-%m-%d %H:%M:%S} UTC and lasted {minutes} min
{seconds} s. It holds what everybody in the room saw: events.jsonl has one event a line, in order, with its
time and its second in the lesson; chat.txt and chat.json are what was said to everybody; board/page-N.svg is
each page of the board as it stood at the end. Private messages, who chose which answer of a quiz, and network
addresses are not in it. People who were erased since are in it without name and words.
"""


Pages = Callable[[int], Awaitable[list[Shown]]]
"""Reads what a recording shows past an event's number, a page at a time."""


async def make(pages: Pages, recording: Recording, title: str, path: Path) -> None:
    """Write the archive of a recording."""
    with ExitStack() as stack:
        file = stack.enter_context(await asyncio.to_thread(path.open, "wb"))
        writer = _Writer(file, recording, title, stack)
        stack.callback(writer.close)
        after = 0
        while found := await pages(after):
            # Compressing takes time that others in this process need.
            await _to_its_end(writer.add, found)
            after = found[-1].seq
        await _to_its_end(writer.finish)


async def _to_its_end(write: Callable[..., None], *what: Any) -> None:
    """Write in a thread; who is cancelled meanwhile goes on when that is over, as the files close then."""
    writing = asyncio.ensure_future(asyncio.to_thread(write, *what))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


class _Writer:
    """Takes the events of a recording in order. Events go straight into the zip, the rest waits beside it."""

    def __init__(self, file: BinaryIO, recording: Recording, title: str, stack: ExitStack) -> None:
        self._recording = recording
        self._stack = stack
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        about = README.format(
            title=_one_line(title),
            started_at=recording.started_at,
            minutes=recording.seconds // 60,
            seconds=recording.seconds % 60,
        )
        self._zip.writestr(self._entry("README.txt"), about)
        self._events = self._zip.open(self._entry("events.jsonl"), "w", force_zip64=True)
        self._chat, self._chat_rows = stack.enter_context(_spool()), stack.enter_context(_spool())
        self._said = False
        self._pages: dict[int, BinaryIO] = {}

    def add(self, found: Iterable[Shown]) -> None:
        for event in found:
            self._events.write(_json(self._row(event)) + b"\n")
            match event.kind:
                case "MessageSent":
                    self._say(event)
                case "StrokeDrawn":
                    self._draw(event.data)
                case "BoardCleared":
                    self._wipe(event.data)

    def finish(self) -> None:
        """Copy what waited into the zip."""
        self._events.close()
        self._copy("chat.txt", self._chat)
        self._copy("chat.json", self._chat_rows, b"[", b"]\n")
        for page, strokes in sorted(self._pages.items()):
            if strokes.tell():
                name = f"board/page-{page}.svg"
                self._copy(name, strokes, drawing.HEAD.encode(), drawing.TAIL.encode())
        self._zip.close()

    def close(self) -> None:
        """Let go of the zip, whole or not."""
        self._events.close()
        self._zip.close()

    def _row(self, event: Shown) -> dict[str, Any]:
        return {
            "seq": event.seq,
            "at": event.at.isoformat().replace("+00:00", "Z"),
            "second": self._second(event.at),
            "kind": event.kind,
            **event.data,
        }

    def _second(self, at: datetime) -> int:
        """How far into the lesson; who waited for it is there at its start."""
        return max(0, int((at - self._recording.started_at).total_seconds()))

    def _say(self, event: Shown) -> None:
        row = self._row(event)
        # A message may have lines; none of them looks like the beginning of another message.
        text = str(row["text"]).replace("\r", "").replace("\n", "\n    ")
        hours, seconds = divmod(row["second"], 3600)
        line = f"[{hours}:{seconds // 60:02}:{seconds % 60:02}] {_one_line(row['name'])}: {text}\n"
        self._chat.write(line.encode())
        names = ("message_id", "at", "second", "participant_id", "name", "text")
        self._chat_rows.write((b",\n" if self._said else b"\n") + _json({name: row[name] for name in names}))
        self._said = True

    def _draw(self, data: dict[str, Any]) -> None:
        page = drawing.page_of(data)
        if page is None:
            return
        if page not in self._pages:
            self._pages[page] = self._stack.enter_context(_spool())
        self._pages[page].write(drawing.line(data).encode())

    def _wipe(self, data: dict[str, Any]) -> None:
        strokes = self._pages.get(drawing.page_of(data) or 0)
        if strokes is not None:
            strokes.seek(0)
            strokes.truncate()

    def _copy(self, name: str, file: BinaryIO, head: bytes = b"", tail: bytes = b"") -> None:
        file.seek(0)
        with self._zip.open(self._entry(name), "w", force_zip64=True) as entry:
            entry.write(head)
            while piece := file.read(IN_MEMORY):
                entry.write(piece)
            entry.write(tail)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        # Dated by the lesson: the same recording is the same archive, and nobody asks what time it is.
        entry = zipfile.ZipInfo(name, self._recording.started_at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry


def _spool() -> BinaryIO:
    return cast("BinaryIO", SpooledTemporaryFile(max_size=IN_MEMORY))


def _json(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
