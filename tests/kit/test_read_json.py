"""What the database keeps as JSON comes back as Python's own reader has it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.kit.lines import read_json

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
DEEP = 400


@given(VALUES, st.booleans())
def test_it_is_read_as_python_does(value: object, escaped: bool) -> None:  # noqa: FBT001 - hypothesis fills it
    try:
        text = json.dumps(value, ensure_ascii=escaped)
        text.encode()
    except UnicodeEncodeError:
        # PostgreSQL takes no half characters.
        return
    # Written out: 1, 1.0 and True are equal.
    assert repr(read_json(text)) == repr(json.loads(text))


def test_numbers_of_any_length_are_kept() -> None:
    text = "[123456789012345678901234567890, -0.1, 0.000001, 1234567890123456789.125]"
    assert repr(read_json(text)) == repr(json.loads(text))


def test_what_is_nested_deep_is_read_too() -> None:
    text = "[" * DEEP + "]" * DEEP
    assert json.dumps(read_json(text)) == text
