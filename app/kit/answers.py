"""The connections of callers: how long the head of a request may take, and how answers are written.

Uvicorn sends the head of an answer as soon as it is known, and each write is a system call and a packet of
its own: to send a small answer in two costs as much again as a statement does. ASGI asks a server to send it
together with the beginning of the body. And uvicorn waits without end for a caller who connects and says
nothing, or a byte now and then; each holds a descriptor of the process.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS: Final = 10.0
"""Within these the head of a request has to be complete, the first one from when the connection is there."""


class Together(asyncio.Transport):
    """The transport of one answer: keeps the head until more is written, and is not needed after that."""

    __slots__ = ("_cycle", "_head", "_transport")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        super().__init__()
        self._cycle, self._transport, self._head = cycle, cycle.transport, b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, or keep what is the head; what comes before any answer (100 Continue) is none."""
        if not self._cycle.response_started:
            self._transport.write(data)
        elif not self._head:
            self._head = bytes(data)
        else:
            self._cycle.transport = self._transport
            self._transport.write(self._head + data)

    def close(self) -> None:
        """Close, once a head without a body is written."""
        self._transport.write(self._head)
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is being closed."""
        return self._transport.is_closing()


class Answering(HttpToolsProtocol):
    """Uvicorn's way with HTTP, which sends head and body together, and hangs up on heads that do not come."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Read on; what begins a head, empty lines before it too, has to go on to its end."""
        super().data_received(data)
        idle = self.cycle is None or self.cycle.response_complete
        # What changed to WebSocket has another protocol now.
        if idle and self._late is None and self.transport.get_protocol() is self:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect_no_more()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _expect_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def on_headers_complete(self) -> None:
        """Begin with a request."""
        self._expect_no_more()
        before = self.cycle
        super().on_headers_complete()
        # Its task runs later. An answer to HEAD is a head, and a change to WebSocket begins no cycle.
        if self.cycle is not before and self.scope["method"] != "HEAD":
            self.cycle.transport = Together(self.cycle)
