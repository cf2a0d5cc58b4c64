"""Paints a room: title and clock, the board, who is there, what was said, what is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import isqrt
from typing import Any, Final

from PIL import Image, ImageDraw

from app.kit.lettering import cut, font, wrapped
from app.rules import drawing
from app.rules.scene import Poll, Scene

PAPER, PANEL, INK, SOFT, LINE = "#ffffff", "#f4f5f7", "#1b1f24", "#57606a", "#d0d7de"
ERASED: Final = "Somebody"
"""Who was erased since has no name any more."""
WIDE: Final = 1.2
"""Pictures this much wider than high have people and chat beside the board, others below it."""


@dataclass(frozen=True)
class Box:
    """A part of the picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """As Pillow takes it."""
        return (self.left, self.top, self.right, self.bottom)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return (self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True)
class Layout:
    """Where things are in a picture."""

    head: Box
    clock: Box
    board: Box
    below: Box
    people: Box
    chat: Box

    @classmethod
    def of(cls, width: int, height: int) -> "Layout":
        """The layout of a picture of this size."""
        high = isqrt(width * height) // 19
        head, clock = Box(0, 0, width, high), Box(width - 3 * high, 0, width - 12, high)
        top = head.bottom + 8
        if width >= WIDE * height:
            across, side = width * 73 // 100, width * 74 // 100
            board = Box(8, top, across, top + (across - 8) * drawing.HIGH // drawing.WIDE)
            middle = top + (height - top) * 2 // 5
            people, chat = Box(side, top, width - 8, middle), Box(side, middle + 8, width - 8, height - 8)
            return cls(head, clock, board, Box(8, board.bottom + 8, across, height - 8), people, chat)
        board = Box(8, top, width - 8, top + (width - 16) * drawing.HIGH // drawing.WIDE)
        middle = board.bottom + (height - board.bottom) // 3
        below = Box(8, board.bottom + 8, width - 8, middle)
        half = width // 2
        people, chat = Box(8, middle, half - 4, height - 8), Box(half + 4, middle, width - 8, height - 8)
        return cls(head, clock, board, below, people, chat)


class Boards:
    """The pages of the board as they stand, each a picture: however many lines, they are drawn once."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._pages: dict[int, Image.Image] = {}

    def take_in(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Whether the event changed a page."""
        match kind, drawing.page_of(data):
            case (("LessonStarted" | "LessonEnded"), _):
                self._pages.clear()
            case "BoardCleared", int(page):
                self._pages.pop(page, None)
            case "StrokeDrawn", int(page):
                self._draw(page, data)
            case _:
                return False
        return True

    def page(self, number: int) -> Image.Image | None:
        """A page that something was drawn on."""
        return self._pages.get(number)

    def _draw(self, page: int, stroke: Mapping[str, Any]) -> None:
        picture = self._pages.setdefault(page, Image.new("RGB", self._size, PAPER))
        wide, high = self._size
        points = [(x * wide / drawing.UNITS, y * high / drawing.UNITS) for x, y in stroke["points"]]
        color = stroke["color"] if drawing.COLOR.fullmatch(stroke["color"]) else INK
        width = max(1, round(stroke["width"] * wide / drawing.WIDE))
        pen = ImageDraw.Draw(picture)
        if len(points) > 1:
            pen.line(points, fill=color, width=width, joint="curve")
        # Ends are round, and one point is a dot.
        for x, y in {points[0], points[-1]} if points else ():
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=color)


class Painter:
    """Paints the same room again and again, what did not change only once."""

    def __init__(self, size: tuple[int, int], title: str, font_path: str = "") -> None:
        self._size = size
        self._title = title
        self._layout = Layout.of(*size)
        self.scene = Scene()
        self._boards = Boards(self._layout.board.size)
        letter = isqrt(size[0] * size[1]) // 60
        self._small, self._large = font(letter, font_path), font(letter * 3 // 2, font_path)
        self._step = letter * 4 // 3
        self._picture = Image.new("RGB", size, PAPER)
        self._pen = ImageDraw.Draw(self._picture)
        self._shown: dict[Box, object] = {}
        """What stands in each box, so that it is painted again only when that changed."""
        self._changed = True
        self._head()

    def take_in(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Whether the event changed what is to be seen."""
        changed = [self.scene.take_in(kind, data), self._boards.take_in(kind, data)]
        self._changed |= any(changed)
        return any(changed)

    def picture(self, clock: str) -> Image.Image:
        """The room as it is now; the next one is painted over it."""
        if self._changed:
            self._paint()
            self._changed = False
        box = self._layout.clock
        self._pen.rectangle(box.corners, fill=PANEL)
        place = (box.right, box.bottom // 2)
        self._pen.text(place, clock, fill=INK, font=self._large, anchor="rm")
        return self._picture

    def _head(self) -> None:
        head, clock = self._layout.head, self._layout.clock
        self._pen.rectangle(head.corners, fill=PANEL)
        title = cut(self._title, self._large, clock.left - 24)
        self._pen.text((12, head.bottom // 2), title, fill=INK, font=self._large, anchor="lm")

    def _paint(self) -> None:
        layout, scene, board = self._layout, self.scene, self._layout.board
        page = self._boards.page(scene.page)
        if page is not None:
            self._picture.paste(page, (board.left, board.top))
        else:
            self._pen.rectangle(board.corners, fill=PAPER)
        self._pen.rectangle(board.corners, outline=LINE)
        self._list(layout.people, f"Present ({len(scene.people)})", self._names())
        self._list(layout.chat, "Chat", self._words(layout.chat))
        self._list(layout.below, f"Board, page {scene.page}", self._put())

    def _list(self, box: Box, head: str, lines: Iterator[str]) -> None:
        shown = (head, *islice(lines, self._room(box)))
        if self._shown.get(box) == shown:
            return
        self._shown[box] = shown
        self._pen.rectangle(box.corners, fill=PANEL, outline=LINE)
        for row, line in enumerate(shown):
            text = cut(line, self._small, box.right - box.left - 16)
            place = (box.left + 8, box.top + 4 + row * self._step)
            self._pen.text(place, text, fill=INK if row else SOFT, font=self._small)

    def _room(self, box: Box) -> int:
        """How many lines there is room for below the head of a box."""
        return max(0, (box.bottom - box.top - 8) // self._step - 1)

    def _names(self) -> Iterator[str]:
        for participant_id, name in self.scene.people.items():
            yield (name or ERASED) + (" (hand raised)" if participant_id in self.scene.hands else "")

    def _words(self, box: Box) -> Iterator[str]:
        """The latest lines that there is room for, the oldest first."""
        room = self._room(box)
        lines: list[str] = []
        for name, text in reversed(self.scene.said):
            if len(lines) >= room:
                break
            wide = box.right - box.left - 16
            lines = [*wrapped(f"{name or ERASED}: {text}", self._small, wide, 4), *lines]
        yield from lines[-room:] if room else ()

    def _put(self) -> Iterator[str]:
        """What is before the class: files, and what is asked."""
        for title in self.scene.files.values():
            yield f"File: {title}"
        if self.scene.poll is not None:
            yield from _asked(self.scene.poll)


def _asked(poll: Poll) -> Iterator[str]:
    yield f"{poll.question or 'Poll'} ({poll.answered} answered)"
    for place, option in enumerate(poll.options):
        yield f"- {option}: {poll.counts[place]}" if place < len(poll.counts) else f"- {option}"
