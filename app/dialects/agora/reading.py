"""Reads what programs send: JSON with any content type, or none at all, in requests of any method."""

import re
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from app.dialects.base import Malformed
from app.dialects.reading import clean
from app.kit.outside import parsed
from app.rules.refusals import BadValue

M = TypeVar("M", bound="Wire")

LONGEST_ID_BYTES = 63
ID = re.compile(r"[A-Za-z0-9 !#$%&()+\-:;<=.>?@\[\]^_{}|~,]+")
MOST_ENTRIES = 5000
ESCAPED = re.compile(rb"\\u(0000|d[89a-f])", re.IGNORECASE)
"""What may become a NUL, or half of a character."""
LARGEST_NUMBER = 2**31 - 1


class Wire(BaseModel):
    """What a request says; what it says beyond this is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)


async def read_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty one where there is no body."""
    raw = (await request.body()).strip()
    if not raw:
        return {}
    try:
        said = parsed(raw)
    except ValueError:
        raise Malformed("", "The body is not valid JSON.") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Malformed("", "The body must be a JSON object.")
    for name, value in said.items():
        if isinstance(value, list) and len(value) > MOST_ENTRIES:
            raise Malformed(_shown(name), f"must have at most {MOST_ENTRIES} entries")
    # To go through all of a large body takes long, and hardly any has something to be cleaned.
    strange = not raw.isascii() or b"\0" in raw or ESCAPED.search(raw)
    cleaned: dict[str, Any] = _clean(said) if strange else said
    return cleaned


Body = Annotated[dict[str, Any], Depends(read_body)]


def read(model: type[M], said: dict[str, Any]) -> M:
    """What was said, as the model has it; Malformed names the first wrong field as the vendor does."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        why = str(first["msg"]).removeprefix("Value error, ")
        raise Malformed(".".join(str(part) for part in first["loc"]), why) from None


def must_be_id(name: str, value: str) -> str:
    """An id of the customer's: under 64 bytes, of the vendor's characters; BadValue otherwise."""
    if not ID.fullmatch(value) or len(value) > LONGEST_ID_BYTES:
        raise BadValue(
            name, "must have under 64 bytes, of letters, digits, space and !#$%&()+-:;<=.>?@[]^_{}|~,"
        )
    return value


def number(request: Request, name: str, *, most: int = LARGEST_NUMBER) -> int | None:
    """A whole number of the query; None where it is absent, empty or `null`; BadValue otherwise."""
    value = request.query_params.get(name, "").strip()
    if value in ("", "null", "undefined"):
        return None
    # Other alphabets have digits too; a number of the vendor's is of these.
    if not (value.isascii() and value.isdigit()):
        raise BadValue(name, "must be a whole number")
    return min(int(value[:20]), most)


def _clean(value: Any) -> Any:
    """The value without what PostgreSQL cannot keep."""
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(key): _clean(inner) for key, inner in value.items()}
        case list():
            return [_clean(inner) for inner in value]
        case _:
            return value


def _shown(name: str) -> str:
    """A key of the caller's as a refusal repeats it."""
    return clean(name)[:LONGEST_ID_BYTES]
