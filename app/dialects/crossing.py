"""Lets pages of any origin call a dialect whose programs run in browsers: preflights, headers on answers."""

from collections.abc import Iterable
from functools import partial

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.dialects.base import Dialect

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REMEMBERED = 3600
"""Seconds that a browser may keep the answer to a preflight."""


class AcrossOrigins:
    """Answers browsers for the paths of the dialects that name `browser_headers`, and for no others.

    Any origin may call: the caller is known by its token, and cookies are neither asked for nor read.
    """

    def __init__(self, app: ASGIApp, dialects: Iterable[Dialect]) -> None:
        self.app = app
        self.open = [
            (
                dialect,
                CORSMiddleware(
                    app,
                    allow_origins=["*"],
                    allow_methods=METHODS,
                    allow_headers=dialect.browser_headers,
                    max_age=REMEMBERED,
                ),
            )
            for dialect in dialects
            if dialect.browser_headers
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, open to browsers where its dialect is."""
        path = scope["path"] if scope["type"] == "http" else ""
        app = next((crossing for dialect, crossing in self.open if dialect.owns(path)), self.app)
        if app is not self.app and not any(name == b"origin" for name, _ in scope["headers"]):
            # No page of a browser: all that there is to say is that the answer to one is another.
            app, send = self.app, partial(_varied, send)
        await app(scope, receive, send)


async def _varied(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        headers = [(name.lower(), value) for name, value in message.get("headers", [])]
        before = [value for name, value in headers if name == b"vary"]
        others = [pair for pair in headers if pair[0] != b"vary"]
        message["headers"] = [*others, (b"vary", b", ".join([*before, b"Origin"]))]
    await send(message)
