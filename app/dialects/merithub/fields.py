"""MeritHub's own ways with JSON values, and the readers that it shares with others."""

from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from app.dialects.reading import Flag as Flag
from app.dialects.reading import Id as Id
from app.dialects.reading import Number as Number
from app.dialects.reading import Text as Text
from app.dialects.reading import clean as clean
from app.dialects.reading import instant as instant
from app.dialects.reading import last_moment as last_moment
from app.dialects.reading import wall as wall
from app.kit.outside import parsed
from app.kit.zones import is_zone
from app.rules.refusals import BadValue

MOST_ENTRIES = 10_000
LONGEST_ZONE = 100


def _many(value: Any) -> Any:
    """A list; one thing alone is a list of one."""
    match value:
        case None | "":
            found = None
        case list():
            found = value
        case str() if value.strip().startswith("["):
            found = parsed(value)
        case str() if "," in value:
            found = value.split(",")
        case _:
            found = [value]
    if isinstance(found, list) and len(found) > MOST_ENTRIES:
        raise ValueError(f"must have at most {MOST_ENTRIES} entries")
    return found


Many = BeforeValidator(_many)


class Wire(BaseModel):
    """A JSON object read with goodwill: unknown keys are ignored, and the content type does not matter."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _read_json(cls, value: Any) -> Any:
        # FastAPI hands over raw bytes when the content type is not JSON; programs set none, or a wrong one.
        if isinstance(value, bytes | str):
            try:
                value = parsed(value)
            except ValueError:
                raise ValueError("The body is not valid JSON.") from None
        if isinstance(value, dict):
            return {key: inner for key, inner in value.items() if inner is not None}
        return value


def zone(name: str, field: str = "timeZoneId") -> ZoneInfo:
    """The time zone of an IANA name, legacy ones too, or BadValue naming it."""
    if len(name) > LONGEST_ZONE:
        raise BadValue(field, f"must be at most {LONGEST_ZONE} characters")
    if not is_zone(name):
        raise BadValue(field, f"is not a known time zone: {name!r}")
    return ZoneInfo(name)
