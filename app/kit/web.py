"""FastAPI glue: a work for each request, and a request id on each answer (pure ASGI)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.ids import new_hex
from app.kit.work import Work, Works

LARGEST_BODY = 1024 * 1024
"""Bytes that the body of a request may have where its route allows no more."""


PATIENCE: Final = 20.0
"""Seconds within which the next piece of a body has to come."""
SLOWEST: Final = 500
"""Bytes a second that a body has to make in the mean after that time."""


async def open_work(request: Request) -> AsyncIterator[Work]:
    """The request's unit of work; it commits before the first byte of the answer is sent."""
    works: Works = request.app.state.works
    async with works.begin() as work:
        yield work


# scope="function" ends the dependency before the response starts: a client never reads ahead of the commit.
WorkDep = Annotated[Work, Depends(open_work, scope="function")]


def base_url(request: Request) -> str:
    """Where the caller reaches this server, with no slash at the end: as configured, else as it asked.

    What it asked was settled by `kit.forwarded`: a proxy's word where it is trusted, and a host that is one.
    """
    configured: str | None = request.app.state.public_url
    if configured:
        return configured
    host = request.headers.get("host")
    own: str = request.app.state.base_url
    return f"{request.scope['scheme']}://{host}" if host else own


def tagged(request: Request, body: bytes, media_type: str) -> Response:
    """The body with its tag, or 304 without it where the caller shows that it has this very body."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    shown = request.headers.get("if-none-match", "")
    if any(one.strip().removeprefix("W/") in (tag, "*") for one in shown.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


class RequestId:
    """Gives each HTTP request an id in `scope["state"]["request_id"]` and the header `x-request-id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request with its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_hex()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self.app(scope, receive, send_with_id)


def route_of(scope: Scope) -> str:
    """The template of the route that a request took, such as `/v1/{client}/users`, for logs and figures.

    Ids in paths would make a series each, and some paths are secrets.
    """
    return str(getattr(scope.get("route"), "path", "unmatched"))


class Paced:
    """Receives a body that makes progress; HTTPException 408 where it does not.

    Whoever sends a byte a minute holds a connection for ever, and costs nothing to do so.
    """

    __slots__ = ("_began", "_over", "_receive", "_taken")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._began: float | None = None
        self._taken, self._over = 0, False

    async def __call__(self) -> Message:
        """The next piece; what comes after the body (that the caller hung up) is waited for without end."""
        if self._over:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        latest = min(now + PATIENCE, self._began + PATIENCE + self._taken / SLOWEST)
        try:
            async with asyncio.timeout_at(latest):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "The body of the request comes too slowly, or not at all.") from None
        self._taken += len(message.get("body", b""))
        self._over = message["type"] != "http.request" or not message.get("more_body")
        return message


def allow_body(request: Request, limit: int) -> None:
    """Let this request have a larger body than others; to be said before any of it is read."""
    request.scope["state"]["body_limit"] = limit


class BodyLimit:
    """Refuses a request whose body is larger than `limit` bytes as soon as that shows: HTTP 413.

    A route that takes larger ones says so with `allow_body`.
    """

    def __init__(self, app: ASGIApp, limit: int = LARGEST_BODY) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request with its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        taken, state = 0, scope.setdefault("state", {})

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            limit = state.get("body_limit", self.limit)
            if taken > limit:
                # Raised where the body is read, so that the dialect of the path phrases the refusal.
                raise HTTPException(413, f"The body is larger than {limit} bytes.")
            return message

        await self.app(scope, counted, send)
