"""Texts of customers have bounds."""

import pytest

from app.rules.refusals import BadValue
from app.rules.texts import OF_CLASSROOM, OF_PERSON, must_fit


@pytest.mark.parametrize("longest", [OF_PERSON, OF_CLASSROOM])
def test_a_text_may_be_so_long_and_no_longer(longest: dict[str, int]) -> None:
    must_fit({field: "ü" * most for field, most in longest.items()}, longest)
    for field, most in longest.items():
        with pytest.raises(BadValue, match=f"at most {most} characters") as refused:
            must_fit({field: "x" * (most + 1)}, longest)
        assert refused.value.field == field


def test_what_is_no_text_and_what_is_not_said_have_none() -> None:
    must_fit({"title": None, "reference": 10**600, "other": "x" * 10**6}, OF_CLASSROOM)
