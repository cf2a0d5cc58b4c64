"""Ranges as the standard (RFC 9110) has them."""

import pytest

from app.kit.downloads import asked_range
from app.rules.refusals import RangeOutside


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=3-5", (3, 6)),
        ("bytes=3-500", (3, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-400", (0, 10)),
        (" bytes = 3 - 5 ", (3, 6)),
        ("bytes=-", None),
        ("bytes=5-3", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=0-" + "9" * 5000, None),
    ],
)
def test_the_part_that_a_range_asks_for(header: str, part: tuple[int, int] | None) -> None:
    assert asked_range(header, 10) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(header: str) -> None:
    with pytest.raises(RangeOutside):
        asked_range(header, 10)
