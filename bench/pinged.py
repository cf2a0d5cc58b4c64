"""A receiver in a process of its own: takes every POST and prints when its first byte came, and its body.

The instants are of the machine's monotonic clock, which all processes share, so that whoever measures can
be busy when a ping comes.
"""

import asyncio
import json
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Sink(asyncio.Protocol):
    """One connection, kept open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._got = b""
        self._began = 0.0

    def data_received(self, data: bytes) -> None:
        if not self._got:
            self._began = time.monotonic()
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        print(json.dumps([self._began, body.decode()]), flush=True)
        self._got = b""
        assert isinstance(self._transport, asyncio.Transport)  # noqa: S101 - for the type alone
        self._transport.write(ANSWER)


def _length(head: bytes) -> int:
    lines = (line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
    return next((int(value) for name, value in lines if name == b"content-length"), 0)


async def main(port: int) -> None:
    """Receives until it is killed."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
