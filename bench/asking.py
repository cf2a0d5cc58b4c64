"""Asks a server as fast as it answers, with as little work of its own as there can be.

A library for HTTP takes as long over a request as the server does, and would be what is measured.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CLIENTS = 16
OK = b"HTTP/1.1 200"
LENGTH = b"content-length:"


def request(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> bytes:
    """The bytes of a request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: 127.0.0.1",
        *(f"{name}: {headers[name]}" for name in headers),
    ]
    if content:
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass
class Taken:
    """How long each request took, and all of them together, in seconds."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Taken") -> None:
        """Count another round in."""
        self.latencies += other.latencies
        self.seconds += other.seconds

    def figures(self, spent: float) -> dict[str, float]:
        """Requests a second, the latency of the middle one and of the slowest hundredth, and what each took
        of the `spent` seconds of the server's processor time.
        """
        ordered = sorted(self.latencies)
        return {
            "per_second": round(len(ordered) / self.seconds, 1),
            "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
            "cpu_us": round(spent / len(ordered) * 1_000_000),
        }


class Connection(asyncio.Protocol):
    """One client: sends the next request when the last one is answered."""

    def __init__(self, requests: Iterator[bytes], taken: Taken) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests, self._latencies = requests, taken.latencies
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport
        self._next()

    def _next(self) -> None:
        data = next(self._requests, None)
        if data is None:
            self._end()
            return
        self._begun = time.perf_counter()
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self._latencies.append(time.perf_counter() - self._begun)
        if not head.startswith(OK):
            self._end(RuntimeError(f"the server answers {self._received[:600]!r}"))
            return
        self._received = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        self._end(exc or RuntimeError("the server hung up"))

    def _end(self, error: Exception | None = None) -> None:
        if not self.over.done():
            self._transport.close()
            if error:
                self.over.set_exception(error)
            else:
                self.over.set_result(None)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[: len(LENGTH)].lower() == LENGTH:
            return int(line[len(LENGTH) :])
    return 0


async def ask(base: str, requests: Sequence[bytes], clients: int = CLIENTS) -> Taken:
    """Have these requests answered by a server, by so many clients."""
    where, taken, left = urlsplit(base), Taken(), iter(requests)
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(left, taken), where.hostname, where.port)
        for _ in range(min(clients, len(requests)))
    ]
    await asyncio.gather(*(connection.over for _, connection in made))
    taken.seconds = time.perf_counter() - begun
    return taken
