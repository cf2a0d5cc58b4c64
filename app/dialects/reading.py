"""Tolerant readers of single values: what running programs send, turned into what they meant."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from app.rules.refusals import BadValue

TRUE = frozenset({"true", "1", "yes", "on"})
FALSE = frozenset({"false", "0", "no", "off"})
DATE_LENGTH = len("2026-03-02")
LONGEST_NUMBER = 15
# Beyond these, a day more or less leaves the calendar.
EARLIEST_YEAR = 1900
LATEST_YEAR = 9000


def clean(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL characters and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _text(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case None:
            return None
        case _:
            raise ValueError("must be text")


def _number(value: Any) -> Any:
    match value:
        case None | "":
            return None
        case bool():
            raise ValueError("must be a number")
        case str() | int() | float():
            return _whole(str(value).strip())
        case _:
            raise ValueError("must be a number")


def _whole(text: str) -> int:
    try:
        number = float(text) if len(text) <= LONGEST_NUMBER else None
    except ValueError:
        number = None
    if number is None or not number.is_integer():
        raise ValueError("must be a whole number")
    return int(number)


def _flag(value: Any) -> Any:
    match value:
        case None | "":
            return None
        case bool():
            return value
        case int() | float() | str():
            word = str(value).strip().lower().removesuffix(".0")
            if word in TRUE:
                return True
            if word in FALSE:
                return False
    raise ValueError("must be true or false")


Text = Annotated[str | None, BeforeValidator(_text)]
Number = Annotated[int | None, BeforeValidator(_number)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Id = Annotated[str, BeforeValidator(_text)]


def instant(text: str, field: str, timezone: ZoneInfo) -> datetime:
    """The moment of an RFC 3339 text; without an offset it is wall time in the time zone."""
    refusal = BadValue(field, "must be a date and a time as in RFC 3339")
    if len(text.strip()) <= DATE_LENGTH:
        raise refusal
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        moment = wall(moment, timezone) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal from None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise refusal
    return moment


def last_moment(text: str, field: str, timezone: ZoneInfo) -> datetime:
    """The moment of an RFC 3339 text; a date alone means the end of that day in the time zone."""
    text = text.strip()
    return instant(f"{text}T23:59:59" if len(text) <= DATE_LENGTH else text, field, timezone)


def wall(naive: datetime, timezone: ZoneInfo) -> datetime:
    """The instant of a wall time; one that a clock change skips moves to the next that exists."""
    moment = naive.replace(tzinfo=timezone).astimezone(UTC)
    while moment.astimezone(timezone).replace(tzinfo=None) != naive:
        naive = naive.replace(second=0, microsecond=0) + timedelta(minutes=1)
        moment = naive.replace(tzinfo=timezone).astimezone(UTC)
    return moment
