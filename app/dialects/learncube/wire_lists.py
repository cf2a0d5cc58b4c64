"""What all lists of the REST API share: pages, instants as text, the readers of filters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict
from starlette.requests import Request

from app.dialects.reading import DATE_LENGTH, Text, clean, instant, last_moment
from app.domain.joint.paging import SIZE
from app.kit.web import base_url
from app.rules.refusals import BadValue, UnknownThing

UTC_ZONE = ZoneInfo("UTC")
WRONG_DATE = "Enter a valid date/time."
LONGEST_PAGE = 9


class Filters(BaseModel):
    """The filters of a list in its query; unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore")

    page: Text = None


def moment(value: Any) -> Any:
    """An instant in a body; without a zone it is UTC."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("Datetime has wrong format.")  # noqa: TRY004 - what Pydantic collects
    try:
        return instant(clean(value), "", UTC_ZONE)
    except BadValue:
        raise ValueError("Datetime has wrong format. Use RFC 3339, as in 2031-01-15T10:00:00Z.") from None


def _bound(value: Any, *, last: bool) -> Any:
    text = clean(str(value)).strip().replace(" ", "+" if "T" in str(value) else "T")
    if not text:
        return None
    try:
        if last:
            return last_moment(text, "", UTC_ZONE)
        return instant(f"{text}T00:00:00" if len(text) <= DATE_LENGTH else text, "", UTC_ZONE)
    except BadValue:
        raise ValueError(WRONG_DATE) from None


Since = Annotated[datetime | None, BeforeValidator(lambda value: _bound(value, last=False))]
"""The first instant that is wanted; a date alone is its beginning."""
Until = Annotated[datetime | None, BeforeValidator(lambda value: _bound(value, last=True))]
"""The last instant that is wanted; a date alone is its end."""


def number_of(page: str | None) -> int:
    """The number of a page, the first being 1; UnknownThing where it is none."""
    text = (page or "1").strip()
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_PAGE or int(text) < 1:
        what = "page"
        raise UnknownThing(what, text)
    return int(text)


def paged(request: Request, number: int, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """A page in its envelope, with absolute URLs to its neighbours."""
    return {
        "count": count,
        "next": _url(request, number + 1) if number * SIZE < count else None,
        "previous": _url(request, number - 1) if number > 1 else None,
        "results": list(results),
    }


def _url(request: Request, number: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    query = urlencode(kept + ([("page", str(number))] if number > 1 else []))
    return f"{base_url(request)}{request.scope['path'].rstrip('/')}/{'?' if query else ''}{query}"


def told(at: datetime | None) -> str | None:
    """An instant as Django REST framework writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
