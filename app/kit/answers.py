"""Sends the head of an answer together with the beginning of its body, as ASGI asks of a server.

Uvicorn writes the head as soon as it is known, and each write is a system call and a packet of its own: to
send a small answer in two costs as much again as a statement does.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


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
    """Uvicorn's way with HTTP, which sends head and body together."""

    def on_headers_complete(self) -> None:
        """Begin with a request."""
        before = self.cycle
        super().on_headers_complete()
        # Its task runs later. An answer to HEAD is a head, and a change to WebSocket begins no cycle.
        if self.cycle is not before and self.scope["method"] != "HEAD":
            self.cycle.transport = Together(self.cycle)
