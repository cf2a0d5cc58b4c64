"""Says no in the right language: handlers of the whole app that let the dialect claiming the path speak.

They stand at the app and not in a route class: there the exception has already left the request's unit of
work, so what a refused request wrote is rolled back.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.dialects.base import Broken, Dialect, Malformed, NoSuchPath, OtherHttp, Unavailable, WrongMethod
from app.dialects.caught import HUNG_UP, Caught
from app.dialects.crossing import AcrossOrigins
from app.kit.clock import SystemClock
from app.kit.express import Server
from app.kit.forwarded import Network, settle, valid_host
from app.kit.front import Unreadable, asked_method
from app.kit.ids import new_hex
from app.kit.pages import page
from app.rules.refusals import (
    BadLink,
    Conflict,
    Denied,
    Gone,
    Invalid,
    NoDownload,
    NotFound,
    PasswordNeeded,
    RangeOutside,
    RateLimited,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    UnknownRecording,
)

WALL = SystemClock()
MOST_HOSTS = 1024
SLASHES = re.compile("/{2,}")

PAGE_NEEDS = ("/_/room/", "/_/static/", "/_/content/", "/_/recording/")
"""Where the pages of every dialect find their sockets, scripts and files, on whichever host they are."""

Voice = Callable[[Refusal, str, datetime], Response]

STATUS: dict[type[Refusal], int] = {
    RangeOutside: 416,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Invalid: 400,
    TooLarge: 413,
    WrongMethod: 405,
    Denied: 403,
    Unauthenticated: 401,
    TooMany: 429,
    Refusal: 400,
    Broken: 500,
    Unavailable: 503,
}


OWN_TITLES: dict[type[Refusal], str] = {
    BadLink: "This link is not valid",
    NoDownload: "No download",
    UnknownRecording: "Recording not found",
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: its own, or that of the nearest category above it."""
    if isinstance(refusal, OtherHttp):
        return refusal.status
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def headers_of(refusal: Refusal) -> dict[str, str]:
    """The headers that HTTP asks for with some refusals."""
    found: dict[str, str] = {}
    match refusal:
        case RateLimited():
            found = {"retry-after": str(refusal.retry_after)}
        case RangeOutside():
            found = {"content-range": f"bytes */{refusal.size}"}
        case WrongMethod():
            found = {"allow": refusal.allow}
        case Unavailable():
            found = {"retry-after": "1"}
        case OtherHttp(status=408):
            # What is still to come of the body is no next request.
            found = {"connection": "close"}
        case OtherHttp(status=415):
            found = {"accept-encoding": "gzip"}
        case PasswordNeeded():
            found = {"www-authenticate": 'Basic realm="Homeroom", charset="UTF-8"'}
        case Unauthenticated():
            found = {"www-authenticate": "Bearer"}
    return found


def trace_of(scope: Scope) -> str:
    """What the caller can quote: the request's id."""
    return str(scope.get("state", {}).get("request_id") or new_hex())


def now_of(scope: Scope) -> datetime:
    """The instant of a refusal: the tenant's where the request came so far, else the machine's."""
    told = scope.get("state", {}).get("now")
    return told if isinstance(told, datetime) else WALL.now()


def problem(refusal: Refusal, trace_id: str, now: datetime) -> Response:
    """The voice of the paths no dialect claims: RFC 9457 problem details."""
    del now
    status = status_of(refusal)
    body = {
        "type": "about:blank",
        "title": type(refusal).__name__,
        "status": status,
        "detail": refusal.message,
        "traceId": trace_id,
    }
    if refusal.field:
        body["field"] = refusal.field
    return JSONResponse(body, status, headers_of(refusal), "application/problem+json")


def show(refusal: Refusal, trace_id: str) -> Response:
    """The refusal as a friendly page, for people."""
    status = status_of(refusal)
    titles = {404: "Class not found", 410: "This link is no longer valid", 500: "Something went wrong"}
    title = OWN_TITLES.get(type(refusal)) or titles.get(status, "You cannot enter")
    response = page("notice.html", status=status, title=title, message=refusal.message)
    response.headers.update(headers_of(refusal) | {"x-trace-id": trace_id})
    return response


def speaker(dialects: Iterable[Dialect], host: str, path: str) -> Dialect | None:
    """The dialect that answers: the one whose host was asked, else the one that claims the path."""
    known = tuple(dialects)
    named = next((dialect for dialect in known if dialect.is_named(host)), None)
    return named or next((dialect for dialect in known if dialect.owns(path)), None)


class ByHost:
    """Under a vendor's own host name there are the vendor's paths, and what its pages need, and no others.

    Anybody may find the vendor's name: the operator's side (admin, figures, documentation) is not behind it.
    """

    def __init__(self, app: ASGIApp, dialects: Iterable[Dialect]) -> None:
        self.app = app
        self.dialects = tuple(dialects)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request or socket, or refuse it in the vendor's voice."""
        dialect = self._stranger(scope) if scope["type"] in ("http", "websocket") else None
        if dialect is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            refusal = NoSuchPath(scope["path"])
            await dialect.refuse(refusal, trace_of(scope), now_of(scope))(scope, receive, send)

    def _stranger(self, scope: Scope) -> Dialect | None:
        """The dialect under whose host this path is none."""
        host = Headers(scope=scope).get("host", "")
        dialect = next((one for one in self.dialects if one.is_named(host)), None)
        path = scope["path"]
        return None if dialect is None or dialect.owns(path) or path.startswith(PAGE_NEEDS) else dialect


def ordinary(dialects: Iterable[Dialect], trusted: Sequence[Network]) -> Callable[[Scope], bool]:
    """Finds out who asks for what; whether no layer between the server and its routes changes that.

    Out of the ordinary are a host that is none, a path that is none of the vendor whose host was asked, and
    a page of another origin.
    """
    known = tuple(dialects)

    @lru_cache(maxsize=MOST_HOSTS)
    def named(host: bytes) -> tuple[bool, Dialect | None]:
        name = host.decode("latin-1")
        dialect = next((one for one in known if one.is_named(name)), None)
        return valid_host(name) == name, dialect

    def settled(scope: Scope) -> bool:
        if trusted:
            settle(scope, trusted)
        hosts = []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                return False
        if len(hosts) != 1:
            return False
        valid, dialect = named(hosts[0])
        return valid and (dialect is None or dialect.owns(scope["path"]))

    return settled


def plain_path(dialects: Iterable[Dialect]) -> Callable[[str], str]:
    """Reads `/path/` and `//path` as `/path` where a dialect claims that.

    Clients turn a redirected POST into a GET, and put addresses together out of parts that both have a slash.
    """
    known = tuple(dialects)

    def plain(path: str) -> str:
        meant = SLASHES.sub("/", path).rstrip("/")
        return meant if any(dialect.owns(meant) for dialect in known) else path

    return plain


def install(
    app: FastAPI,
    dialects: Iterable[Dialect],
    fallback: Voice = problem,
    pages: re.Pattern[str] | None = None,
) -> None:
    """Give the app its error voices, and the vendors' host names.

    `pages` are the paths of no dialect that people open in a browser.
    """
    known = tuple(dialects)

    def speak(request: Request, refusal: Refusal) -> Response:
        path = request.scope["path"]
        trace_id = trace_of(request.scope)
        if any(dialect.shows_page(path) for dialect in known) or (pages and pages.match(path)):
            return show(refusal, trace_id)
        dialect = speaker(known, request.headers.get("host", ""), path)
        return (dialect.refuse if dialect else fallback)(refusal, trace_id, now_of(request.scope))

    async def on_refusal(request: Request, refusal: Exception) -> Response:
        return speak(request, refusal if isinstance(refusal, Refusal) else Broken())

    async def on_invalid(request: Request, error: Exception) -> Response:
        return speak(request, _malformed(error) if isinstance(error, RequestValidationError) else Broken())

    async def on_http(request: Request, error: Exception) -> Response:
        if isinstance(error.__cause__, ClientDisconnect):
            # The framework takes a body that breaks off for one that cannot be read.
            return Response(status_code=HUNG_UP)
        return speak(request, _of_http(request, error) if isinstance(error, HTTPException) else Broken())

    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_middleware(Caught, speak=speak)
    app.add_middleware(AcrossOrigins, dialects=known)
    app.add_middleware(ByHost, dialects=known)


def _malformed(error: RequestValidationError) -> Malformed:
    """The first complaint, in words of the caller's own field names; never the input itself."""
    first = error.errors()[0]
    places = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    if first["type"] == "json_invalid":
        return Malformed("", "The body is not valid JSON.")
    why = str(first["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Malformed(".".join(places), why)


def _of_http(request: Request, error: HTTPException) -> Refusal:
    match error.status_code:
        case 404:
            return NoSuchPath(request.scope["path"])
        case 405:
            return WrongMethod(asked_method(request.scope), ", ".join(_methods(request)))
        case 400 if isinstance(error, Unreadable):
            return Malformed("", str(error.detail))
        case 400:
            return Malformed("", "The body could not be read.")
        case status:
            return OtherHttp(status, str(error.detail))


def _methods(request: Request) -> list[str]:
    app = request.app
    return app.methods_of(request.scope["path"]) if isinstance(app, Server) else []
