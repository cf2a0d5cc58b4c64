"""The board: pages on which people draw lines."""

import re
from collections.abc import Sequence

from app.rules.refusals import BadValue

PAGES = 50
WIDEST = 40
MOST_POINTS = 500
EDGE = 10_000
"""Points are whole ten-thousandths of the board's width and height."""

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
