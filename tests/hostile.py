"""Receivers that mean harm, or are broken: raw servers on loopback that take a request and then misbehave."""

import asyncio
import contextlib
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

TRICKLE = 0.02
"""Seconds between the bytes of a server that sends one at a time."""
PACKED = gzip.compress(b"0" * 10_000_000)


@dataclass
class Taken:
    """One connection whose request was read."""

    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def trickle(self, data: bytes) -> None:
        """Send it again and again, a byte at a time, for as long as anybody listens."""
        while True:
            for place in range(len(data)):
                await self.say(data[place : place + 1])
                await asyncio.sleep(TRICKLE)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Speak = Callable[[Taken], Awaitable[None]]


async def slow_head(taken: Taken) -> None:
    await taken.trickle(b"HTTP/1.1 200 OK")


async def slow_head_lines(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\n")
    await taken.trickle(b"x-more: 1\r\n")


async def slow_body(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    await taken.trickle(b"1\r\nx\r\n")


async def endless_head(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await taken.say(b"x-more: " + b"y" * 4_000 + b"\r\n")


async def endless_head_line(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\nx-more: ")
    while True:
        await taken.say(b"y" * 65_536)


async def endless_prologue(taken: Taken) -> None:
    while True:
        await taken.say(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await asyncio.sleep(TRICKLE)


async def endless_body(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await taken.say(b"10000\r\n" + b"x" * 65_536 + b"\r\n")


async def half_open(_: Taken) -> None:
    await asyncio.Event().wait()


async def reset_at_once(taken: Taken) -> None:
    taken.reset()


async def reset_in_head(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\ncontent-len")
    taken.reset()


async def reset_in_body(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx")
    taken.reset()


async def hung_up_in_body(taken: Taken) -> None:
    await taken.say(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx")


async def no_http(taken: Taken) -> None:
    await taken.say(b"SSH-2.0-OpenSSH_9.6\r\n")


async def packed(taken: Taken) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(PACKED)}\r\n\r\n"
    await taken.say(head.encode() + PACKED)


async def well_and_hung_up(taken: Taken) -> None:
    """A good answer that does not say that the connection ends with it."""
    await taken.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def redirect(code: int, to: str) -> Speak:
    async def speak(taken: Taken) -> None:
        await taken.say(f"HTTP/1.1 {code} There\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n".encode())

    return speak


@dataclass
class Hostile:
    """A server of one kind, and what it saw: how many requests, and who hangs on it now."""

    url: str = ""
    requests: int = 0
    held: set["asyncio.Task[None]"] = field(default_factory=set)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def deserted(self) -> None:
        """Return when nobody hangs on it any more."""
        await asyncio.gather(*self.held, return_exceptions=True)


@contextlib.asynccontextmanager
async def opened(speak: Speak) -> AsyncIterator[Hostile]:
    """The server; whoever still hangs on it is let go at the end."""
    here = Hostile()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        here.held.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.lower().split(b"\r\n")
                [length] = [line for line in lines if line.startswith(b"content-length:")]
                await reader.readexactly(int(length.partition(b":")[2]))
                here.requests += 1
                await first_of(speak(Taken(writer)), reader.read(), here.over.wait())
        finally:
            writer.close()
            here.held.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/pings"
        yield here
        here.over.set()
        await here.deserted()


async def first_of(*ends: Awaitable[object]) -> None:
    """Until there is nothing more to say, nobody listens, or all is over."""
    tasks = [asyncio.ensure_future(end) for end in ends]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
