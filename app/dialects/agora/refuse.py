"""How Agora says no: the envelope with a code of eight digits, whose HTTP status is in the middle."""

from datetime import datetime
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

from app.dialects.agora.envelope import head
from app.dialects.agora.words import FIELDS
from app.dialects.base import Broken, Malformed, NoSuchPath, OtherHttp, Unavailable, WrongMethod
from app.dialects.errors import headers_of
from app.rules.refusals import (
    AlreadyEnded,
    AlreadyStarted,
    Banned,
    Conflict,
    Denied,
    Gone,
    Invalid,
    LessonOver,
    NameTaken,
    NoPageToRecord,
    NotFound,
    OtherForm,
    Purged,
    RangeOutside,
    RecordingNotRunning,
    RecordingRunning,
    Refusal,
    RoomClosed,
    RoomFull,
    RoomMuted,
    StageFull,
    TooLarge,
    TooMany,
    Unauthenticated,
    UnknownClassroom,
    UnknownUser,
)

UNAUTHORIZED = 401


class Phrase(NamedTuple):
    """An HTTP status, a code, and the vendor's words where programs compare them."""

    status: int
    code: int
    msg: str = ""


# Looked up along the refusal's ancestors: a refusal that is not listed speaks as its category.
PHRASES: dict[type[Refusal], Phrase] = {
    UnknownClassroom: Phrase(404, 20404100, "Room not exists!"),
    UnknownUser: Phrase(404, 20404200, "User not exists!"),
    NameTaken: Phrase(409, 20409100, "Room conflict!"),
    OtherForm: Phrase(409, 30409104, "roomType conflict"),
    AlreadyStarted: Phrase(409, 30409100),
    AlreadyEnded: Phrase(409, 30409101),
    RoomClosed: Phrase(410, 30410100, "Room is end!"),
    RoomFull: Phrase(403, 20403001),
    StageFull: Phrase(429, 30429461),
    LessonOver: Phrase(410, 30410100),
    Purged: Phrase(410, 20410101),
    RecordingNotRunning: Phrase(409, 30409410),
    RecordingRunning: Phrase(409, 30409411),
    NoPageToRecord: Phrase(400, 30400412, "webRecordConfig needs url or rootUrl when mode is web"),
    Banned: Phrase(403, 30403100),
    RoomMuted: Phrase(403, 30403200),
    Malformed: Phrase(400, 400),
    NoSuchPath: Phrase(404, 404),
    WrongMethod: Phrase(405, 405),
    TooLarge: Phrase(413, 413),
    RangeOutside: Phrase(416, 416),
    Broken: Phrase(500, 500, "Internal Server Error"),
    Unavailable: Phrase(503, 503),
    NotFound: Phrase(404, 404),
    Gone: Phrase(410, 410),
    Conflict: Phrase(409, 409),
    Invalid: Phrase(400, 400),
    Denied: Phrase(403, 403),
    Unauthenticated: Phrase(UNAUTHORIZED, UNAUTHORIZED),
    TooMany: Phrase(429, 429),
    Refusal: Phrase(400, 400),
}


def refuse(refusal: Refusal, trace_id: str, now: datetime) -> Response:
    """The refusal as Agora's programs expect it. The trace id travels in the header alone."""
    del trace_id
    phrase = next(PHRASES[kind] for kind in type(refusal).__mro__ if kind in PHRASES)
    if isinstance(refusal, OtherHttp):
        phrase = Phrase(refusal.status, refusal.status)
    msg = phrase.msg or _sentence(refusal)
    if phrase.status == UNAUTHORIZED:
        body = head(phrase.code, f"invalid token: {msg}", now) | {"message": "invalid token"}
    else:
        body = head(phrase.code, msg, now)
    headers = {name: value for name, value in headers_of(refusal).items() if name != "www-authenticate"}
    return JSONResponse(body, phrase.status, headers)


def _sentence(refusal: Refusal) -> str:
    """The refusal's message, with the input named as the vendor names it."""
    field = refusal.field
    if field in FIELDS:
        return refusal.message.replace(field, FIELDS[field], 1)
    return refusal.message
