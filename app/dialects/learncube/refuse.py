"""How LearnCube says no: Django REST framework's bodies, `{"detail"}` or `{field: [messages]}`."""

from starlette.responses import JSONResponse, Response

from app.dialects.base import Malformed
from app.dialects.errors import headers_of, status_of
from app.rules.refusals import BadCredentials, BadValue, NotFound, Refusal, UnknownTenant

NOT_FOUND = "Not found."


def refuse(refusal: Refusal, trace_id: str) -> Response:
    """The refusal as LearnCube's programs expect it; `message` is what its page shows."""
    status = status_of(refusal)
    body: dict[str, object] = {"detail": refusal.message}
    match refusal:
        case BadValue() | Malformed() if refusal.field:
            body = {refusal.field: [refusal.message]}
        case NotFound():
            body = {"detail": NOT_FOUND}
        case BadCredentials() | UnknownTenant():
            body = {"detail": "Authentication credentials were not provided or are wrong."}
        case _:
            pass
    return JSONResponse(body, status, {**headers_of(refusal), "x-trace-id": trace_id})
