"""A receiver that costs next to nothing, in a process of its own: counts what comes and answers at once.

What comes on a path that begins with `/hang` is never answered. `GET /` tells what came since the last
`GET /`: how many on other paths in each tenth of a second, when the first byte of each message came (by the
monotonic clock, which all processes share) where its body is a number, and how many hang.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import cast

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
LENGTH = b"content-length: "


class Taken:
    """What came."""

    def __init__(self) -> None:
        self.tenths: Counter[int] = Counter()
        self.first_bytes: dict[str, float] = {}
        self.hanging = 0

    def told(self) -> bytes:
        """All of it, as an answer; it begins anew."""
        body = json.dumps(
            {"tenths": self.tenths, "first_bytes": self.first_bytes, "hanging": self.hanging}
        ).encode()
        self.tenths, self.first_bytes = Counter(), {}
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


TAKEN = Taken()


class Receiver(asyncio.Protocol):
    """One connection, kept open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._got = b""
        self._began = 0.0

    def data_received(self, data: bytes) -> None:
        """Answer when a request is whole."""
        if not self._got:
            self._began = time.monotonic()
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        if head.startswith(b"GET"):
            self._got = b""
            self._transport.write(TAKEN.told())
            return
        lower = head.lower()
        length = lower.partition(LENGTH)[2].partition(b"\r\n")[0]
        if len(body) < int(length):
            return
        self._got = b""
        if head.startswith(b"POST /hang"):
            TAKEN.hanging += 1
            return
        TAKEN.tenths[int(self._began * 10)] += 1
        if body.isdigit():
            TAKEN.first_bytes.setdefault(body.decode(), self._began)
        self._transport.write(ANSWER)


async def main(port: int) -> None:
    """Receives until it is killed."""
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
