"""One connection to a server, and the requests that go over it, one after the other."""

import asyncio
from typing import Final, cast

import httptools

from app.kit.outbound.answer import BODY_BYTES, as_text

HEAD_BYTES: Final = 32 * 1024
ANSWER_BYTES: Final = 1024 * 1024
"""Of one answer with all that surrounds its body: chunks may be small, and trailers long."""
FIRST_FINAL: Final = 200
"""What comes before is not the answer yet."""


class BrokenAnswerError(ConnectionError):
    """What came is no answer, or not the whole of one."""


class StaleConnectionError(BrokenAnswerError):
    """A connection over which answers came before was closed before a byte of this one."""


class Reply:
    """An answer as it comes in."""

    __slots__ = ("body", "headers", "is_bounded", "is_whole", "reason", "status")

    def __init__(self) -> None:
        self.status = 0
        self.reason = ""
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.is_bounded = False
        """Whether its head says where the body ends; else it ends with the connection."""
        self.is_whole = False
        """Whether the head is complete."""

    def header(self, name: str) -> str | None:
        """The first header of this name, in lower case."""
        return next((value for found, value in self.headers if found.lower() == name), None)

    def head(self) -> str:
        """The head as text."""
        return as_text(f"{self.status} {self.reason}", self.headers)


class Exchange(asyncio.Protocol):
    """A connection. `ask` may be called again when it `is_free`; what ends it meanwhile makes that false.

    The parser knows no bounds: they are counted here, on what comes in.
    """

    def __init__(self) -> None:
        self.is_free = False
        self._answered = False
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reply = Reply()
        self._received = 0
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, request: bytes, seconds: float) -> "asyncio.Future[Reply]":
        """Send a whole request; fails with ConnectionError, or TimeoutError where the answer takes longer.

        Whoever waits no longer calls `close`.
        """
        loop = asyncio.get_running_loop()
        self.is_free = False
        # Kept here too: what fails at once has nobody waiting any more when it returns.
        waiting = self._waiting = loop.create_future()
        self._reply, self._received = Reply(), 0
        self._timer = loop.call_later(seconds, self._give_up)
        if self._transport is None or self._transport.is_closing():
            self._go("the connection was closed")
        else:
            self._transport.write(request)
        return waiting

    def close(self) -> None:
        """End the connection, whatever it was in the middle of."""
        self.is_free = False
        self._end()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The way there is open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for ends the connection."""
        if self._waiting is None:
            self.close()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("the answer changes the protocol")
        except httptools.HttpParserError as error:
            self._fail(f"this is no HTTP: {error}")
        else:
            if self._waiting is not None:
                self._bound()

    def _bound(self) -> None:
        if not self._reply.is_whole and self._received > HEAD_BYTES:
            self._fail("the head of the answer is too long")
        elif len(self._reply.body) >= BODY_BYTES:
            self._finish(reusable=False)
        elif self._received > ANSWER_BYTES:
            self._fail("the answer is too long")

    def eof_received(self) -> None:
        """The other side says no more: nothing can be asked of it, though the connection is not lost yet."""
        self.is_free = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Some answers end with the connection; all others are broken off."""
        self.is_free = False
        if self._waiting is None:
            return
        if exc is None and self._reply.is_whole and not self._reply.is_bounded:
            self._finish(reusable=False)
        elif self._received:
            self._fail("the connection was lost in the middle of the answer")
        else:
            self._go("the connection was closed without an answer")

    def on_message_begin(self) -> None:
        """The parser is at the first byte of an answer; one too many ends the connection."""
        if self._waiting is None:
            self.close()

    def on_status(self, reason: bytes) -> None:
        """The parser has the words behind the status."""
        self._reply.reason += reason.decode("latin-1")

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """The parser has a header, or a trailer, which nobody needs."""
        if self._reply.is_whole:
            return
        told = name.decode("latin-1")
        if told.lower() in ("content-length", "transfer-encoding"):
            self._reply.is_bounded = True
        self._reply.headers.append((told, (value or b"").decode("utf-8", "replace")))

    def on_headers_complete(self) -> None:
        """The parser has the whole head."""
        self._reply.status = self._parser.get_status_code()
        self._reply.is_whole = True

    def on_body(self, data: bytes) -> None:
        """The parser has a part of the body."""
        room = BODY_BYTES - len(self._reply.body)
        self._reply.body += data[:room]

    def on_message_complete(self) -> None:
        """The parser has all of an answer; others may stand before the one that counts."""
        if self._reply.status < FIRST_FINAL:
            self._reply, self._received = Reply(), 0
        elif self._waiting is not None:
            self._finish(reusable=self._parser.should_keep_alive())

    def _finish(self, *, reusable: bool) -> None:
        reply, self._reply = self._reply, Reply()
        self.is_free, self._answered = reusable, True
        waiting = self._end()
        if not reusable and self._transport is not None:
            self._transport.abort()
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _fail(self, why: str) -> None:
        self._raise(BrokenAnswerError(why))

    def _go(self, why: str) -> None:
        self._raise(StaleConnectionError(why) if self._answered else BrokenAnswerError(why))

    def _give_up(self) -> None:
        self._raise(TimeoutError("the whole answer took too long"))

    def _raise(self, error: OSError) -> None:
        waiting = self._end()
        self.close()
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    def _end(self) -> "asyncio.Future[Reply] | None":
        if self._timer is not None:
            self._timer.cancel()
        waiting, self._waiting, self._timer = self._waiting, None, None
        return waiting
