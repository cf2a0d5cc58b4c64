"""How long the texts of customers may be, at every door through which they come."""

from collections.abc import Mapping
from typing import Any, Final

from app.rules.refusals import BadValue

OF_PERSON: Final = {
    "name": 500,
    "title": 500,
    "image": 8192,
    "about": 10_000,
    "language": 100,
    "email": 500,
    "external_id": 500,
    "timezone": 100,
}
OF_CLASSROOM: Final = {
    "title": 500,
    "description": 10_000,
    "language": 100,
    "access": 100,
    "reference": 500,
    "timezone": 100,
}
"""In characters. Lists, welcomes and pings carry them; of these every one has a bound."""


def must_fit(values: Mapping[str, Any], longest: Mapping[str, int]) -> None:
    """Refuse what is longer; BadValue names the first such field."""
    for field, most in longest.items():
        text = values.get(field)
        if isinstance(text, str) and len(text) > most:
            raise BadValue(field, f"must be at most {most} characters")
