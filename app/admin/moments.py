"""Instants as operators name them: exactly, or by how long ago."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from app.kit.work import Work
from app.rules import durations
from app.rules.refusals import BadValue

LONGEST = 50
Since = Annotated[
    str | None,
    Query(max_length=LONGEST, description="An instant, or how long ago, such as `2h` by the tenant's clock."),
]

_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
_BEGINNING = datetime.min.replace(tzinfo=UTC)


def since(work: Work, text: str | None) -> datetime:
    """The instant; the beginning of all time where nothing is said."""
    if text is None:
        return _BEGINNING
    if durations.is_span(text):
        return work.now - durations.span(text, "since")
    try:
        return _INSTANT.validate_python(text)
    except ValidationError:
        raise BadValue(
            "since", "must be an instant with its offset, such as 2031-03-01T08:00:00Z, or a span such as 2h"
        ) from None
