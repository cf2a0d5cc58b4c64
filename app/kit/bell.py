"""Wake-ups across processes over PostgreSQL's NOTIFY: debounced after commit, never inside a transaction."""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from time import monotonic

import asyncpg

from app.kit import loops

log = logging.getLogger(__name__)
CHANNEL = "homeroom"
DEBOUNCE = 0.003
BEAT = 10.0
"""Seconds after which a silent connection is asked whether it still lives: it would hear nothing else."""
ANSWERS_WITHIN = 5.0
PAYLOAD_TOPICS = 60


class Bell:
    """One connection that listens and rings. A lost connection is made anew and wakes everybody once.

    A wake-up is a hint: it may come twice or (across a lost connection) late, so listeners also look
    by themselves at an interval.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._pending: set[str] = set()
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen and to ring."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ring what is pending and close the connection."""
        self._stop.set()
        self._wake.set()
        if self._task is not None:
            await self._task

    def publish(self, topics: Iterable[str]) -> None:
        """Ring topics in every process; in this one at once."""
        for topic in topics:
            _set_all(self._listeners.get(topic, ()))
            self._pending.add(topic)
        self._wake.set()

    @contextlib.contextmanager
    def listening(self, *topics: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever one of the topics rings; the listener clears it."""
        event = asyncio.Event()
        for topic in topics:
            self._listeners[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._listeners[topic].discard(event)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                connection = await asyncpg.connect(self.dsn, timeout=10, command_timeout=ANSWERS_WITHIN)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the bell has no database connection: %s", error)
                await loops.woken(self._stop, 1.0)
                continue
            try:
                await self._serve(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the bell lost its database connection: %s", error)
            finally:
                with contextlib.suppress(Exception):
                    await loops.within(2.0, connection.close())

    async def _serve(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        connection.add_termination_listener(lambda _: self._wake.set())
        await connection.add_listener(CHANNEL, self._heard)
        for events in self._listeners.values():
            _set_all(events)
        rung_at = -DEBOUNCE
        while True:
            self._wake.clear()
            if self._pending:
                topics, self._pending = self._pending, set()
                try:
                    await _notify(connection, sorted(topics))
                except BaseException:
                    self._pending |= topics
                    raise
                rung_at = monotonic()
            if connection.is_closed() or (self._stop.is_set() and not self._pending):
                return
            if not await loops.woken(self._wake, BEAT):
                await connection.execute("SELECT 1")
            # The first ring goes out at once, those that follow it closely go together.
            elif (rest := rung_at + DEBOUNCE - monotonic()) > 0:
                await loops.pause(rest)

    def _heard(
        self, connection: "asyncpg.Connection[asyncpg.Record]", pid: int, _channel: str, payload: object
    ) -> None:
        # What this process rang woke its own listeners already.
        if pid == connection.get_server_pid():
            return
        for topic in json.loads(str(payload)):
            _set_all(self._listeners.get(topic, ()))


async def _notify(connection: "asyncpg.Connection[asyncpg.Record]", topics: list[str]) -> None:
    for start in range(0, len(topics), PAYLOAD_TOPICS):
        payload = json.dumps(topics[start : start + PAYLOAD_TOPICS])
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)


def _set_all(events: Iterable[asyncio.Event]) -> None:
    for event in tuple(events):
        event.set()
