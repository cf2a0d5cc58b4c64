import pytest

from app.rules.board import Points, check_page, check_stroke
from app.rules.refusals import BadValue


@pytest.mark.parametrize("page", [1, 50])
def test_the_board_has_fifty_pages(page: int) -> None:
    check_page(page)


@pytest.mark.parametrize("page", [0, -1, 51])
def test_it_has_no_others(page: int) -> None:
    with pytest.raises(BadValue, match="page"):
        check_page(page)


def test_a_line_may_have_five_hundred_points_to_the_edges() -> None:
    check_stroke(1, "#00fFaA", 40, [(0, 10_000)] * 500)
    check_stroke(50, "#000000", 1, [(5, 5)])


@pytest.mark.parametrize(
    ("page", "color", "width", "points", "field"),
    [
        (0, "#000000", 1, [(0, 0)], "page"),
        (1, "red", 1, [(0, 0)], "color"),
        (1, "#00000", 1, [(0, 0)], "color"),
        (1, "#000000\n", 1, [(0, 0)], "color"),
        (1, "#00000g", 1, [(0, 0)], "color"),
        (1, "#000000", 0, [(0, 0)], "width"),
        (1, "#000000", 41, [(0, 0)], "width"),
        (1, "#000000", 1, [], "points"),
        (1, "#000000", 1, [(0, 0)] * 501, "points"),
        (1, "#000000", 1, [(0, 10_001)], "points"),
        (1, "#000000", 1, [(-1, 0)], "points"),
    ],
)
def test_a_line_that_cannot_be_drawn(page: int, color: str, width: int, points: Points, field: str) -> None:
    with pytest.raises(BadValue) as refused:
        check_stroke(page, color, width, points)
    assert refused.value.field == field
