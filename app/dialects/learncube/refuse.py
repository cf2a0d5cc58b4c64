"""How LearnCube says no: Django REST framework's bodies, `{"detail"}` or `{field: [messages]}`."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import JSONResponse, Response

from app.dialects.base import Malformed, WrongMethod
from app.dialects.errors import headers_of, status_of
from app.rules.refusals import (
    BadValue,
    Banned,
    Invalid,
    NotFound,
    NotItsTime,
    RateLimited,
    Refusal,
    RoomClosed,
    RoomFull,
    UnknownTenant,
    UnknownThing,
)

NOT_FOUND = "Not found."
NO_PAGE = "Invalid page."
NO_SCHOOL = "No school answers at this address: no callback URL is set for it on this server."

WORDS = {
    "reference": "room_token",
    "title": "room_token",
    "starts_at": "start",
    "ends_on": "end",
    "duration_minutes": "end",
}
"""What the domain's words for a classroom are called here."""


@dataclass(eq=False)
class Faults(Invalid):
    """Everything that is wrong with a body, by field."""

    messages: dict[str, list[str]]

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return " ".join(f"{field}: {' '.join(said)}" for field, said in self.messages.items())


def refuse(refusal: Refusal, trace_id: str, now: datetime) -> Response:
    """The refusal as LearnCube's programs expect it; `message` is what its page shows."""
    del now
    headers = {**headers_of(refusal), "x-trace-id": trace_id}
    return JSONResponse(_body(refusal), status_of(refusal), headers)


def _body(refusal: Refusal) -> dict[str, object]:  # noqa: PLR0911 - one line for each
    match refusal:
        case Faults():
            return dict(refusal.messages)
        case BadValue() | Malformed() if refusal.field:
            said = refusal.why[:1].upper() + refusal.why[1:]
            return {WORDS.get(refusal.field, refusal.field): [f"{said.rstrip('.')}."]}
        case UnknownThing(what="page"):
            return {"detail": NO_PAGE}
        case UnknownThing(what="endpoint"):
            return {"detail": NOT_FOUND, "message": NO_SCHOOL}
        case NotFound():
            return {"detail": NOT_FOUND}
        case RoomClosed() | RoomFull() | NotItsTime() | Banned() | RateLimited():
            # Said at the door, where the page shows `message` to a person.
            return {"detail": refusal.message, "message": refusal.message}
        case WrongMethod():
            return {"detail": f'Method "{refusal.method}" not allowed.'}
        case UnknownTenant():
            return {"detail": "Authentication credentials were not provided or are wrong."}
        case _:
            return {"detail": refusal.message}
