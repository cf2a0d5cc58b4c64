"""The board: pages on which people draw lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.rules.refusals import BadValue, BoardFull

PAGES = 50
WIDEST = 40
MOST_POINTS = 500
EDGE = 10_000
"""Points are whole ten-thousandths of the board's width and height."""


@dataclass(frozen=True)
class Fill:
    """How much was drawn: lines, and the points of all of them, which is what they weigh."""

    strokes: int
    points: int

    def reaches(self, most: "Fill", more: int) -> bool:
        """Whether a line of so many points more would be beyond what is allowed."""
        return self.strokes >= most.strokes or self.points + more > most.points


OF_PAGE: Final = Fill(3_000, 90_000)
OF_PERSON: Final = Fill(3_000, 90_000)
"""Of one who does not lead the class: nobody fills the board for all others."""
OF_LESSON: Final = Fill(10_000, 300_000)
"""All pages together: more than two hours of writing, and a welcome of four megabytes at most."""

COLOR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

Points = Sequence[tuple[int, int]]


def check_page(page: int) -> None:
    """Refuse a page that the board does not have."""
    if not 1 <= page <= PAGES:
        raise BadValue("page", f"must be from 1 to {PAGES}")


def check_stroke(page: int, color: str, width: int, points: Points) -> None:
    """Refuse a line that cannot be drawn."""
    check_page(page)
    if COLOR.fullmatch(color) is None:
        raise BadValue("color", "must be #rrggbb")
    if not 1 <= width <= WIDEST:
        raise BadValue("width", f"must be from 1 to {WIDEST}")
    if not 1 <= len(points) <= MOST_POINTS:
        raise BadValue("points", f"must be from 1 to {MOST_POINTS}")
    if not all(0 <= x <= EDGE and 0 <= y <= EDGE for x, y in points):
        raise BadValue("points", f"must be from 0 to {EDGE}")


def must_take(points: int, *, page: Fill, person: Fill | None, lesson: Fill) -> None:
    """Refuse a line where the page, the person or the board is full; `person` is None for who leads."""
    for where, fill, most in (
        ("lesson", lesson, OF_LESSON),
        ("page", page, OF_PAGE),
        ("person", person, OF_PERSON),
    ):
        if fill is not None and fill.reaches(most, points):
            raise BoardFull(where)
