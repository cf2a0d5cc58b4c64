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


def line(stroke: Mapping[str, Any]) -> str:
    """One stroke as an SVG element, a single point as a dot; empty where it has no point."""
    points = [place for point in stroke.get("points") or () if (place := _place(point)) is not None]
    if not points:
        return ""
    color = str(stroke.get("color"))
    color = color if COLOR.fullmatch(color) else "#000000"
    width = _within(stroke.get("width"), 1, THICKEST)
    # A line of one point has no length: drawn to itself it is a round dot.
    path = " ".join(points if len(points) > 1 else points * 2)
    return f'<polyline points="{path}" stroke="{color}" stroke-width="{width}"/>\n'


def _place(point: Any) -> str | None:
    match point:
        case [x, y]:
            return f"{_scaled(x, WIDE)},{_scaled(y, HIGH)}"
        case _:
            return None


def _scaled(value: Any, size: int) -> str:
    return f"{_within(value, 0, UNITS) * size / UNITS:g}"


def _within(value: Any, least: int, most: int) -> int:
    number = int(value) if isinstance(value, int | float) and value == value else least  # noqa: PLR0124 - NaN
    return min(max(number, least), most)
