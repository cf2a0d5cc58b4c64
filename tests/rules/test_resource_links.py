from typing import Any

import pytest

from app.rules.refusals import BadValue
from app.rules.resources import Link, check

GOOD: dict[str, Any] = {"resource_id": "r1", "name": "Slides", "url": "https://example.com/a?b#c", "size": 1}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"url": "http://192.0.2.1:8080/x"},
        {"name": "n" * 255},
        {"size": 2**53 - 1},
        {"task": {"taskUuid": "t", "taskProgress": {"pages": [1, 2]}}},
    ],
)
def test_a_link_of_the_web_can_be_put(more: dict[str, Any]) -> None:
    check(Link(**GOOD | more))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"resource_id": ""}, "resource_id"),
        ({"resource_id": "r" * 65}, "resource_id"),
        ({"name": "  "}, "name"),
        ({"name": "n" * 256}, "name"),
        ({"size": -1}, "size"),
        ({"size": 2**53}, "size"),
        ({"url": ""}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "ftp://example.com/x"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://example.com/a b"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "https://example.com/" + "x" * 2048}, "url"),
        ({"task": {"x": "y" * 20_000}}, "task"),
        ({"task": {"x": float("nan")}}, "task.x"),
    ],
)
def test_what_is_no_link_is_refused_by_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadValue) as refused:
        check(Link(**GOOD | more))
    assert refused.value.field == field
