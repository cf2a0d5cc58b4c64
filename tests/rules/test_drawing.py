"""Strokes as SVG: to scale, and nothing in them but numbers and a colour."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.drawing import HEAD, TAIL, line, page_of

LINE = re.compile(
    r'<polyline points="[0-9.]+,[0-9.]+( [0-9.]+,[0-9.]+)+" stroke="#[0-9a-fA-F]{6}" stroke-width="\d+"/>\n'
)


@pytest.mark.parametrize(
    ("points", "color", "width", "expected"),
    [
        (
            [[0, 0], [5000, 5000], [10000, 10000]],
            "#ff0000",
            4,
            '<polyline points="0,0 800,450 1600,900" stroke="#ff0000" stroke-width="4"/>\n',
        ),
        (
            [[1, 1]],
            "#00FF00",
            40,
            '<polyline points="0.16,0.09 0.16,0.09" stroke="#00FF00" stroke-width="40"/>\n',
        ),
        (
            [[-5, 20000], [1, True]],
            'red" onload="x',
            99,
            '<polyline points="0,900 0.16,0" stroke="#000000" stroke-width="40"/>\n',
        ),
        (
            [["<", 1], [2]],
            "#000000",
            None,
            '<polyline points="0,0.09 0,0.09" stroke="#000000" stroke-width="1"/>\n',
        ),
        ([], "#000000", 1, ""),
        (None, "#000000", 1, ""),
    ],
)
def test_a_stroke_is_a_line(points: Any, color: str, width: Any, expected: str) -> None:
    assert line({"points": points, "color": color, "width": width}) == expected


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4),
)


@given(st.fixed_dictionaries({"points": st.lists(anything), "color": anything, "width": anything}))
def test_whatever_a_stroke_says_it_is_a_line_or_nothing(stroke: dict[str, Any]) -> None:
    made = line(stroke)
    assert not made or LINE.fullmatch(made)
    ET.fromstring(HEAD + made + TAIL)  # noqa: S314 - made by ourselves


@pytest.mark.parametrize(
    ("page", "expected"), [(1, 1), (50, 50), (0, None), (51, None), ("1", None), ("../1", None), (None, None)]
)
def test_there_are_fifty_pages(page: Any, expected: int | None) -> None:
    assert page_of({"page": page}) == expected
