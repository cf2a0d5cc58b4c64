"""What every request passes first, on whichever way it goes on (pure ASGI): what is no request is refused.

Here stands what HTTP itself asks of a server, and what no parser behind it may be given.
"""

import zlib
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.kit import loops
from app.kit.outside import DEEPEST, TELLING, WHITE, is_deep, may_be_json
from app.kit.web import Paced

FAULT: Final = "homeroom.fault"
"""Where a scope keeps the exception with which the request fails before anybody looks at it."""
HEAD: Final = "homeroom.head"
"""What a scope has where the head of an answer alone is asked for; its method is GET then."""


Named = Callable[[str], Awaitable[bool]]
"""Whether a `Host` header is a name of this server."""
NO_NAME: Final = (
    "With development credentials Homeroom answers to names of this machine, vendors and tenants' endpoints "
    "alone: set HOMEROOM_PUBLIC_URL to the address that you use, or HOMEROOM_ADMIN_TOKEN to a secret."
)
LONGEST_ADDRESS: Final = 32 * 1024
"""Of a path with its query; tokens in those of rooms have up to 4,096 characters."""
STRICT: Final = (b"strict-transport-security", b"max-age=31536000")

GZIP: Final = frozenset({b"gzip", b"x-gzip"})
UNPACKED_AT_ONCE: Final = 64 * 1024
IDLE_PACKED: Final = 64 * 1024
"""So many packed bytes may come to nothing; the format allows endless ones."""


class Unreadable(HTTPException):
    """A request that cannot be read; the detail is a sentence for its sender."""


class Front:
    """Stands before the app.

    `plain` gives the path that is meant by one with slashes too many. Where the server is `secure`, browsers
    are told to come by TLS from now on. Under names that are not `named` nobody is served.
    """

    def __init__(
        self,
        app: ASGIApp,
        plain: Callable[[str], str],
        *,
        secure: bool = False,
        named: Named | None = None,
    ) -> None:
        self._app = app
        self._named = named
        self._plain = plain
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request as what is meant by it, or with the fault that it has."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if "//" in path or path.endswith("/"):
            scope["path"] = self._plain(path)
        fault = fault_of(scope) or await self._misdirected(scope)
        if scope["type"] == "websocket":
            await (WebSocketClose() if fault else self._app)(scope, receive, send)
            return
        if self._secure and scope["scheme"] == "https" and not _is_local(scope):
            send = _strict(send)
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET", HEAD: True}, _headed(send)
        receive = Paced(receive)
        if fault is None:
            scope, receive = _unpacked(scope, receive)
        else:
            scope[FAULT] = fault
        await self._app(scope, _shallow(receive), send)

    async def _misdirected(self, scope: Scope) -> Exception | None:
        """What is wrong with the name under which this server is asked."""
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), None)
        if self._named is None or host is None:
            return None
        try:
            known = await self._named(host)
        except Exception as error:  # noqa: BLE001 - the request fails with it, as with any other
            return error
        return None if known else Unreadable(421, NO_NAME)


def fault_of(scope: Scope) -> Unreadable | None:
    """What is wrong with a request before its body is looked at."""
    if scope.get("http_version") == "1.1" and sum(name == b"host" for name, _ in scope["headers"]) != 1:
        return Unreadable(400, "A request of HTTP/1.1 names its Host, and once.")
    if len(scope["path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return Unreadable(414, f"An address has at most {LONGEST_ADDRESS} characters.")
    # No name and no value of anybody's has one, and neither file systems nor databases keep it.
    if "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        return Unreadable(400, "An address cannot hold a NUL character (%00).")
    return None


def asked_method(scope: Scope) -> str:
    """The method as the caller wrote it."""
    return "HEAD" if HEAD in scope else str(scope["method"])


def _shallow(receive: Receive) -> Receive:
    """The same, where JSON that is nested too deep ends in a fault."""
    parts: list[bytes] = []
    json: bool | None = None

    async def checked() -> Message:
        nonlocal json
        message = await receive()
        if message["type"] != "http.request" or json is False:
            return message
        parts.append(message.get("body", b""))
        over = not message.get("more_body")
        if json is None:
            parts[:] = [b"".join(parts).lstrip(WHITE)]
            if over or len(parts[0]) >= TELLING:
                json = may_be_json(parts[0])
        if json and over and is_deep(b"".join(parts)):
            raise Unreadable(400, f"The body is nested deeper than {DEEPEST} levels.")
        return message

    return checked


def _is_local(scope: Scope) -> bool:
    """Whether it is asked under a name of this machine, which other servers have too, and without TLS."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").lower()
    name = host.partition(b":")[0].rstrip(b".")
    return name == b"localhost" or name.endswith(b".localhost")


def _strict(send: Send) -> Send:
    """The same with the word for browsers that here is TLS (RFC 6797)."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), STRICT]
        await send(message)

    return sent


def _headed(send: Send) -> Send:
    """The same for the head of an answer alone; what would follow is not waited for."""
    over = False

    async def sent(message: Message) -> None:
        nonlocal over
        if message["type"] == "http.response.start":
            await send(message)
        elif not over:
            over = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            # Whoever still makes a body hears from the server, in its turn, that nobody listens any more.
            await loops.pause(0)

    return sent


def _unpacked(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """The request as if its body had come plain; a coding that nobody knows here is a fault."""
    codings = [
        coding
        for name, value in scope["headers"]
        if name == b"content-encoding"
        for coding in (part.strip().lower() for part in value.split(b","))
        if coding not in (b"", b"identity")
    ]
    if not codings:
        return scope, receive
    if len(codings) > 1 or codings[0] not in GZIP:
        scope[FAULT] = Unreadable(415, "The body has to come as it is, or with Content-Encoding: gzip.")
        return scope, receive
    hidden = (b"content-encoding", b"content-length")
    headers = [pair for pair in scope["headers"] if pair[0] not in hidden]
    return {**scope, "headers": headers}, Unpacking(receive)


class Unpacking:
    """Receives a body that comes in gzip, unpacked in pieces: how many are taken, its reader decides."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._stream = zlib.decompressobj(wbits=31)
        self._waiting = b""
        self._more, self._over = True, False
        self._packed = self._made = 0

    async def __call__(self) -> Message:
        """The next piece; Unreadable where it is no gzip, or not the whole of one."""
        if self._over:
            return await self._receive()
        while not self._waiting and self._more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._waiting, self._more = message.get("body", b""), bool(message.get("more_body"))
            self._packed += len(self._waiting)
        piece = self._piece()
        self._over = not self._goes_on()
        return {"type": "http.request", "body": piece, "more_body": not self._over}

    def _piece(self) -> bytes:
        try:
            piece = self._stream.decompress(self._waiting, UNPACKED_AT_ONCE)
        except zlib.error:
            raise Unreadable(400, "The body is not what its Content-Encoding says: gzip.") from None
        self._waiting = self._stream.unconsumed_tail
        self._made += len(piece)
        if self._packed - len(self._waiting) > 2 * self._made + IDLE_PACKED or self._stream.unused_data:
            raise Unreadable(400, "The body is not what its Content-Encoding says: gzip.")
        return piece

    def _goes_on(self) -> bool:
        if self._more or self._waiting:
            return True
        if self._stream.eof or not self._packed:
            return False
        raise Unreadable(400, "The body ends before its gzip does.")
