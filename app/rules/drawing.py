"""Strokes of the board as SVG. Whatever a stroke says, only numbers and a colour get through."""

import re
from collections.abc import Mapping
from typing import Any, Final

WIDE, HIGH = 1600, 900
PAGES: Final = 50
UNITS: Final = 10_000
THICKEST: Final = 40
COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
HEAD: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">\n'
    f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>\n'
    '<g fill="none" stroke-linecap="round" stroke-linejoin="round">\n'
)
TAIL: Final = "</g>\n</svg>\n"


def page_of(data: Mapping[str, Any]) -> int | None:
    """The page that an event of the board is about; None where there is no such page."""
    page = data.get("page")
    return page if isinstance(page, int) and 1 <= page <= PAGES else None


ACROSS: Final = {value: f"{value * WIDE / UNITS:g}" for value in range(UNITS + 1)}
DOWN: Final = {value: f"{value * HIGH / UNITS:g}" for value in range(UNITS + 1)}
"""Every coordinate there is, as text: a long lesson has millions of points."""


def line(stroke: Mapping[str, Any]) -> str:
    """One stroke as an SVG element, a single point as a dot; empty where it has no point."""
    given = stroke.get("points") or ()
    try:
        points = [f"{ACROSS[x]},{DOWN[y]}" for x, y in given]
    except (KeyError, TypeError, ValueError):
        # Not as the room writes it.
        points = [place for point in given if (place := _place(point))]
    if not points:
        return ""
    color = str(stroke.get("color"))
    color = color if COLOR.fullmatch(color) else "#000000"
    width = _within(stroke.get("width"), 1, THICKEST)
    # A line of one point has no length: drawn to itself it is a round dot.
    path = " ".join(points if len(points) > 1 else points * 2)
    return f'<polyline points="{path}" stroke="{color}" stroke-width="{width}"/>\n'


def _place(point: Any) -> str:
    match point:
        case [x, y]:
            return f"{ACROSS[_within(x, 0, UNITS)]},{DOWN[_within(y, 0, UNITS)]}"
        case _:
            return ""


def _within(value: Any, least: int, most: int) -> int:
    """The whole number itself, or the nearest that there is; whatever is no whole number is the least."""
    if type(value) is not int or value < least:
        return least
    return min(value, most)
