"""WebSocket clients that cost next to nothing, so that a measurement shows the server and not themselves."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final, Self

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
SHORT: Final = 126
LONG: Final = 127
GONE: Final = ConnectionError("The server closed the socket.")
KEY: Final = "aG9tZXJvb20tYmVuY2gtMQ=="


class Tab(asyncio.Protocol):
    """One socket. Frames are counted; who wants to read them gives `hear`."""

    def __init__(self) -> None:
        self.frames = 0
        self.code = 0
        self.closed = asyncio.get_running_loop().create_future()
        self.hear: Callable[[bytes], None] | None = None
        self.opened = asyncio.get_running_loop().create_future()
        self._got = b""

    @classmethod
    async def open(cls, host: str, port: int, path: str) -> Self:
        """Connect; the handshake is done when this returns."""
        transport, tab = await asyncio.get_running_loop().create_connection(cls, host, port)
        transport.write(
            f"GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {KEY}\r\n\r\n".encode()
        )
        await tab.opened
        return tab

    def send(self, kind: str, **values: Any) -> None:
        """Say something."""
        self.write(TEXT, json.dumps({"type": kind, **values}).encode())

    def leave(self) -> None:
        """Close, as a page does that goes away."""
        self.write(CLOSE, b"\x03\xe9")

    def write(self, opcode: int, body: bytes) -> None:
        """A frame masked with zeros, which leave the body as it is."""
        size = len(body)
        head = bytes((0x80 | size,)) if size < SHORT else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(bytes((opcode,)) + head + b"\0\0\0\0" + body)

    async def heard(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""
        found: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        mark = f'"type":"{kind}"'.encode()

        def hear(body: bytes) -> None:
            if mark in body and not found.done():
                found.set_result(json.loads(body))

        self.hear = hear
        self.closed.add_done_callback(lambda _: found.done() or found.set_exception(GONE))
        try:
            return await found
        finally:
            self.hear = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type alone
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("The server closed the connection."))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self.opened.done():
            head, found, self._got = self._got.partition(b"\r\n\r\n")
            if not found:
                self._got = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self.opened.set_result(None)
        self._read()

    def _read(self) -> None:
        got, place, end = self._got, 0, len(self._got)
        while end - place > 1:
            size, start = got[place + 1], place + 2
            if size == SHORT:
                start, size = place + 4, int.from_bytes(got[place + 2 : place + 4], "big")
            elif size == LONG:
                start, size = place + 10, int.from_bytes(got[place + 2 : place + 10], "big")
            if start + size > end:
                break
            self._take(got[place], got[start : start + size])
            place = start + size
        self._got = got[place:]

    def _take(self, opcode: int, body: bytes) -> None:
        if opcode == TEXT:
            self.frames += 1
            if self.hear is not None:
                self.hear(body)
        elif opcode == PING:
            self.write(PONG, body)
        elif opcode == CLOSE:
            self.code = int.from_bytes(body[:2], "big")
            self._transport.close()
