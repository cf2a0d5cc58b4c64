from datetime import timedelta

import pytest

from app.rules.durations import span
from app.rules.refusals import BadValue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("2h", timedelta(hours=2)),
        ("1d12h30m", timedelta(days=1, hours=12, minutes=30)),
        ("3w", timedelta(weeks=3)),
        (" 1D 2H ", timedelta(days=1, hours=2)),
        ("0s", timedelta(0)),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, expected: timedelta) -> None:
    assert span(text, "by") == expected


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2 years", "1.5h", "9999999w", "2h!"])
def test_what_is_no_span_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        span(text, "by")
    assert refused.value.name == "by"
