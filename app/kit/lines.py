"""Connections to the database as works take them: from SQLAlchemy's pool, without its detours.

An ORM session and the driver below it (see `kit.prepared`) share one connection. SQLAlchemy would ask the
database before each use whether it is there, and take and return connections in a greenlet; that costs more
than a statement. The driver hears by itself when a connection ends, so what waits is looked at, and taken at
once; and what no session was on is lent out again without SQLAlchemy knowing that it ever came back.
"""

import contextlib
import json
from collections.abc import Generator
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

import asyncpg
from pydantic_core import from_json
from sqlalchemy.engine.interfaces import PoolProxiedConnection
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import greenlet_spawn

from app.kit.unreachable import in_a_line

LONG_UNUSED = 30.0
"""Seconds after which a connection is asked whether it still lives: a firewall may have dropped it."""

PLAN_CACHE_MODE = "force_generic_plan"

ANSWERS_WITHIN = 2.0
CONNECT_SECONDS = 10.0


class CannotConnect(ConnectionError):  # noqa: N818 - what stands in the way, and no fault
    """There is no connection to be had, whatever the reason: no server, no such role, a wrong password.

    An operator changes such things while the program runs, so it is a database that is away, and no fault.
    """


class Idle(NamedTuple):
    """A connection that nobody uses, with SQLAlchemy's hold of it, and since when."""

    driver: asyncpg.Connection
    hold: PoolProxiedConnection
    since: float


class Pool(AsyncAdaptedQueuePool):
    """A pool of which connections may be taken without a greenlet, and kept at hand past it.

    To SQLAlchemy what is at hand is in use: so its count, its limit and its queue of those who wait hold.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.at_hand: list[Idle] = []
        self.waiting = 0
        """How many ask for a connection that is not there yet."""
        self.doubted_at = 0.0
        """When a connection was of no use last: those that waited then are asked before they are used."""
        self.over = False

    def dispose(self) -> None:
        """End all that are not in use."""
        self.over = True
        while self.at_hand:
            self.at_hand.pop().hold.close()
        super().dispose()


class Dial:
    """The way to the database. It may be thrown away without having been used, as a coroutine may not."""

    def __init__(self, dsn: str, patience: float) -> None:
        self._dsn = dsn
        self._patience = patience

    def __call__(self) -> "Dial":
        return self

    def __await__(self) -> Generator[Any, Any, asyncpg.Connection]:
        return (yield from self._connected().__await__())

    async def _connected(self) -> asyncpg.Connection:
        try:
            connection = await asyncpg.connect(
                self._dsn, timeout=min(CONNECT_SECONDS, self._patience), command_timeout=self._patience
            )
        except Exception as error:
            raise CannotConnect(in_a_line(error)) from error
        try:
            await connection.execute(_manners(self._patience))
        except BaseException:
            connection.terminate()
            raise
        return connection


def _manners(patience: float) -> str:
    """What each connection is told once it is there, and not on connecting: poolers refuse the unknown there.

    A program that vanished with its machine would else hold its rows for hours, until TCP gives it up. And
    plans are made for any values: by those at hand PostgreSQL takes a tenant that its statistics do not know
    for an empty one, and reads all its rows wherever one is looked up.
    """
    return (
        f"SET idle_in_transaction_session_timeout = {round(patience * 1000)}; "
        f"SET plan_cache_mode = {PLAN_CACHE_MODE}"
    )


def open_engine(url: str, dsn: str, *, size: int, patience: float) -> AsyncEngine:
    """An engine that holds at most so many connections, the last used ones taken first.

    A statement that takes longer than `patience` (seconds) fails, and its connection is given up.
    """
    return create_async_engine(
        url,
        async_creator=Dial(dsn, patience),
        poolclass=Pool,
        pool_size=size,
        max_overflow=0,
        pool_use_lifo=True,
        json_deserializer=read_json,
        # Values may be secrets, and what fails is logged.
        hide_parameters=True,
    )


def read_json(text: str) -> Any:
    """A value of a JSON column."""
    try:
        # Several times as fast as Python's own.
        return from_json(text)
    except ValueError:
        # It is nested deeper than that goes.
        return json.loads(text)


@dataclass(slots=True)
class Line:
    """A connection that is lent out: the driver's, and SQLAlchemy's hold of it."""

    driver: asyncpg.Connection
    hold: PoolProxiedConnection
    pool: Pool | None = None
    used_at: float | None = None
    begun: bool = False
    """Whether a transaction has begun."""
    shared: bool = False
    """Whether a session was on it, which leaves SQLAlchemy something to tidy up."""

    async def begin(self) -> None:
        """Begin a transaction."""
        await self.driver.execute("BEGIN")
        self.begun = True

    async def lives(self) -> bool:
        """Whether a database that takes changes is still at its other end, as far as the driver heard."""
        if self.driver.is_closed():
            return False
        doubted_at = self.pool.doubted_at if self.pool else 0.0
        if self.used_at is None or self.used_at > max(doubted_at, monotonic() - LONG_UNUSED):
            return True
        try:
            # A session may be one of a time when the server took no changes, and would stay so.
            read_only = await self.driver.fetchval("SHOW transaction_read_only", timeout=ANSWERS_WITHIN)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return bool(read_only == "off")


class Lines:
    """Lends out the connections of an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def take(self) -> Line:
        """A living connection; it waits where all are in use."""
        while True:
            pool = self._pool()
            if pool is not None and pool.at_hand:
                idle = pool.at_hand.pop()
                line = Line(idle.driver, idle.hold, pool, idle.since)
            else:
                hold = await self._held(pool)
                line = Line(hold.driver_connection, hold, pool, hold.info.get("used_at"))
            lives = False
            try:
                lives = await line.lives()
            finally:
                if not lives:
                    # The pool dials anew in place of a dead one.
                    await self.give_back(line, sound=False)
            if lives:
                return line

    def doubt(self) -> None:
        """A connection was silent, or took no changes: the others may be so too."""
        pool = self._pool()
        if pool is not None:
            pool.doubted_at = monotonic()

    async def give_back(self, line: Line, *, sound: bool) -> None:
        """Return a connection; one that is not sound is ended, whatever it was in the middle of."""
        pool, hold = line.pool, line.hold
        if pool is not None and pool.over:
            sound = False
        elif pool is not None and sound and not (line.shared or pool.waiting):
            pool.at_hand.append(Idle(line.driver, hold, monotonic()))
            return
        # A session that lost its connection gave it up by itself.
        if not sound and hold.is_valid:
            hold.invalidate()
        hold.info["used_at"] = monotonic()
        if pool is not None:
            hold.close()
        else:
            # Other pools may close the connection now.
            await greenlet_spawn(hold.close)

    def _pool(self) -> Pool | None:
        pool = self.engine.sync_engine.pool
        return pool if isinstance(pool, Pool) else None

    async def _held(self, pool: Pool | None) -> PoolProxiedConnection:
        """A connection of the pool: one that waits in it, else a new one, else the next that is returned."""
        if pool is None:
            return await self.engine.raw_connection()
        if pool.checkedin():
            with contextlib.suppress(MissingGreenlet):
                # One that has to be dialled takes time, and time takes a greenlet.
                return pool.connect()
        pool.waiting += 1
        try:
            return await self.engine.raw_connection()
        finally:
            pool.waiting -= 1
