"""How MeritHub says no: `{"code", "message", "traceId"}` with a camelCase word as the code."""

from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.dialects.base import Broken, Malformed, NoSuchPath, OtherHttp, Unavailable, WrongMethod
from app.dialects.errors import headers_of
from app.dialects.merithub.words import FIELDS
from app.rules.refusals import (
    AlreadyEnded,
    AlreadyStarted,
    BadValue,
    Conflict,
    ContentLinkOver,
    Denied,
    Gone,
    Invalid,
    LastHost,
    LinkGone,
    NotFound,
    NotHost,
    NotItsTime,
    NotStarted,
    PastStart,
    RangeOutside,
    RateLimited,
    Refusal,
    RoomClosed,
    TooLarge,
    TooMany,
    Unauthenticated,
    UnknownClassroom,
    UnknownFile,
    UnknownLink,
    UnknownTenant,
    UnknownUser,
    UserExists,
)


class Envelope(BaseModel):
    """What every refusal looks like."""

    code: str = Field(pattern="^[a-z]+([A-Z][a-z]*)*$", description="One word in camelCase.")
    message: str = Field(min_length=1, description="One sentence for a person.")
    trace_id: str = Field(min_length=1, alias="traceId", description="Names the request in the log.")
    user_id: str | None = Field(
        None, alias="userId", description="With `userAlreadyExists`: the user there is; `traceId` is it too."
    )


class Phrase(NamedTuple):
    """An HTTP status and a code; the sentence is the refusal's own."""

    status: int
    code: str


# Looked up along the refusal's ancestors: a refusal that is not listed speaks as its category.
PHRASES: dict[type[Refusal], Phrase] = {
    PastStart: Phrase(400, "timeAlreadyPassed"),
    UserExists: Phrase(409, "userAlreadyExists"),
    UnknownTenant: Phrase(401, "unauthorized"),
    UnknownUser: Phrase(404, "userNotFound"),
    UnknownClassroom: Phrase(404, "classNotFound"),
    UnknownFile: Phrase(404, "fileNotFound"),
    ContentLinkOver: Phrase(410, "linkExpired"),
    UnknownLink: Phrase(404, "linkNotFound"),
    LinkGone: Phrase(410, "linkExpired"),
    RoomClosed: Phrase(410, "classClosed"),
    AlreadyStarted: Phrase(409, "classAlreadyLive"),
    AlreadyEnded: Phrase(409, "classAlreadyEnded"),
    NotStarted: Phrase(409, "classNotLive"),
    NotItsTime: Phrase(409, "notClassTime"),
    LastHost: Phrase(400, "lastHost"),
    NotHost: Phrase(403, "notHost"),
    BadValue: Phrase(400, "invalidParameter"),
    Malformed: Phrase(400, "invalidRequest"),
    NoSuchPath: Phrase(404, "pathNotFound"),
    WrongMethod: Phrase(405, "methodNotAllowed"),
    TooLarge: Phrase(413, "tooLarge"),
    RangeOutside: Phrase(416, "rangeNotSatisfiable"),
    RateLimited: Phrase(429, "tooManyRequests"),
    Broken: Phrase(500, "internalError"),
    Unavailable: Phrase(503, "unavailable"),
    NotFound: Phrase(404, "notFound"),
    Gone: Phrase(410, "gone"),
    Conflict: Phrase(409, "conflict"),
    Invalid: Phrase(400, "invalidRequest"),
    Denied: Phrase(403, "forbidden"),
    Unauthenticated: Phrase(401, "unauthorized"),
    TooMany: Phrase(429, "tooManyRequests"),
    Refusal: Phrase(400, "invalidRequest"),
}


def documented() -> dict[int | str, dict[str, Any]]:
    """The refusals as OpenAPI's responses: every status with its codes, all in the one envelope."""
    codes: dict[int, list[str]] = {}
    for phrase in PHRASES.values():
        codes.setdefault(phrase.status, []).append(f"`{phrase.code}`")
    return {
        status: {"model": Envelope, "description": ", ".join(dict.fromkeys(codes[status]))}
        for status in sorted(codes)
    }


def refuse(refusal: Refusal, trace_id: str, now: datetime) -> Response:
    """The refusal as MeritHub's programs expect it."""
    del now
    phrase = next(PHRASES[kind] for kind in type(refusal).__mro__ if kind in PHRASES)
    if isinstance(refusal, OtherHttp):
        phrase = Phrase(refusal.status, "tooLarge" if refusal.status == 413 else "invalidRequest")  # noqa: PLR2004
    body = {"code": phrase.code, "message": _sentence(refusal), "traceId": trace_id}
    if isinstance(refusal, UserExists) and refusal.user_id:
        # Running programs read the existing user's id from here, to go on with it.
        body |= {"traceId": refusal.user_id, "userId": refusal.user_id}
    return JSONResponse(body, phrase.status, headers_of(refusal))


def _sentence(refusal: Refusal) -> str:
    """The refusal's message, with the input named as the vendor names it."""
    field = refusal.field
    if field in FIELDS:
        return refusal.message.replace(field, FIELDS[field], 1)
    return refusal.message
