"""A TCP proxy in front of PostgreSQL that reads along, and stops at a statement, goes deaf or hangs up."""

import asyncio
import contextlib
import re
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy.engine import make_url

STARTUP: Final = 196_608
HEAD: Final = 5
SOCKET: Final = ".s.PGSQL.5432"

Where = Literal["statement", "commit", "committed"]
"""Before the statement, before the commit of what it did, or after that and before anybody is told."""


@dataclass
class Stop:
    """Where a connection is to hang: at the so-manieth statement that the pattern fits."""

    pattern: str
    where: Where
    after: int = 0
    reached: threading.Event = field(default_factory=threading.Event)

    def fits(self, sql: str) -> bool:
        return re.search(self.pattern, sql, re.DOTALL) is not None


@dataclass(eq=False)
class Line:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    prepared: dict[bytes, str] = field(default_factory=dict)
    in_transaction: bool = False
    touched: bool = False
    """Whether the transaction did what a stop waits for."""
    deaf: bool = False
    """Whether no answer goes back any more."""
    forgotten: bool = False
    """Whether nothing goes either way any more."""

    def close(self) -> None:
        for end in (self.client, self.server):
            end.transport.abort()


class Between:
    """The proxy. Its methods are for the test's thread, its coroutines run in a loop of its own."""

    def __init__(self, dsn: str) -> None:
        self._url = make_url(dsn)
        self._socket = f"{self._url.query['host']}/{SOCKET}"
        self._lines: set[Line] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._stop: Stop | None = None
        self._forgetting = False
        self._loop = asyncio.new_event_loop()
        self._port = 0

    @property
    def dsn(self) -> str:
        """The database's address, through the proxy."""
        plain = self._url.set(host="127.0.0.1", port=self._port, query={})
        return plain.render_as_string(hide_password=False)

    def stop_at(self, pattern: str, where: Where, after: int = 0) -> Stop:
        """Let the connection hang that comes there; what others do goes on."""
        self._stop = Stop(pattern, where, after)
        return self._stop

    def forget(self) -> None:
        """Pass nothing on any more and hang up on nobody, as a firewall that forgot its connections."""
        self._forgetting = True
        for line in tuple(self._lines):
            line.forgotten = True

    def remember(self) -> None:
        """Let new connections through; those that were forgotten stay so."""
        self._forgetting = False

    def _hang_up(self) -> None:
        for line in tuple(self._lines):
            line.close()

    @contextlib.contextmanager
    def running(self) -> Iterator["Between"]:
        """The proxy in a thread, until the block ends."""
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
            self._port = server.sockets[0].getsockname()[1]
            yield self
            asyncio.run_coroutine_threadsafe(self._close(server), self._loop).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _open(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        self._hang_up()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            answers, server = await asyncio.open_unix_connection(self._socket)
        except OSError:
            client.close()
            return
        line = Line(client, server, forgotten=self._forgetting)
        self._lines.add(line)
        ways = [
            asyncio.ensure_future(self._asked(line, reader)),
            asyncio.ensure_future(self._answered(line, answers)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        line.close()
        await asyncio.gather(*ways, return_exceptions=True)
        self._lines.discard(line)

    async def _asked(self, line: Line, reader: asyncio.StreamReader) -> None:
        code = 0
        while code != STARTUP:
            head = await reader.readexactly(8)
            length, code = struct.unpack("!ii", head)
            rest = await reader.readexactly(length - 8)
            if not line.forgotten:
                line.server.write(head + rest)
        while True:
            head = await reader.readexactly(HEAD)
            body = await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)
            if line.forgotten or self._is_to_stop(line, head[:1], body):
                # Until the other side is killed.
                await reader.read()
                return
            line.server.write(head + body)
            await line.server.drain()

    async def _answered(self, line: Line, answers: asyncio.StreamReader) -> None:
        while data := await answers.read(65_536):
            if line.forgotten:
                continue
            if line.deaf:
                # What was asked for is done.
                assert self._stop is not None
                self._stop.reached.set()
                continue
            line.client.write(data)
            await line.client.drain()

    def _is_to_stop(self, line: Line, kind: bytes, body: bytes) -> bool:
        """Whether the connection hangs before this message; it goes deaf here where it hangs behind it."""
        sql = self._statement(line, kind, body)
        stop = self._stop
        if sql is None or stop is None or stop.reached.is_set():
            return False
        if sql.startswith(("BEGIN", "START")):
            line.in_transaction, line.touched = True, False
        elif sql.startswith(("COMMIT", "ROLLBACK")):
            line.in_transaction = False
            if line.touched and sql.startswith("COMMIT"):
                return self._stops(line, stop)
        elif stop.fits(sql):
            line.touched = True
            if stop.where == "statement" or not line.in_transaction:
                return self._stops(line, stop)
        return False

    @staticmethod
    def _statement(line: Line, kind: bytes, body: bytes) -> str | None:
        """The statement that this message runs."""
        match kind:
            case b"Q":
                return body[:-1].decode()
            case b"P":
                name, sql, _ = body.split(b"\0", 2)
                line.prepared[name] = sql.decode()
            case b"B":
                return line.prepared[body.split(b"\0", 2)[1]]
        return None

    @staticmethod
    def _stops(line: Line, stop: Stop) -> bool:
        if stop.after:
            stop.after -= 1
            return False
        if stop.where == "committed":
            line.deaf = True
            return False
        stop.reached.set()
        return True
