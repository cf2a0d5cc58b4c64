"""The unit of work: one transaction at one instant, and the only commit and rollback in the code base."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.util import await_only

from app.kit.clock import Clock
from app.kit.lines import ANSWERS_WITHIN, Line, Lines

R = TypeVar("R")


@dataclass(frozen=True)
class Recorded:
    """An event as it was recorded in this work: where, which number, what."""

    tenant_id: str
    classroom_id: str
    seq: int
    event: Any


@dataclass
class Work:
    """A transaction, its one instant, and what is to be told once it is committed."""

    line: Line = field(repr=False)
    """Its connection; statements reach it through `kit.prepared`, and through `db`."""
    open_session: Callable[[], AsyncSession] = field(repr=False)
    now: datetime
    """The instant of everything that happens in it: the tenant's, once the tenant is known."""
    wall: datetime
    """The machine's instant: how long programs and connections live, whatever a tenant's clock says."""
    frozen: bool = False
    """Whether the tenant's clock stands still."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """The operator's limits by name; a tenant may have its own."""
    events: list[Recorded] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    held: list[Any] = field(default_factory=list, repr=False)
    endings: list[Callable[["Work"], Awaitable[None]]] = field(default_factory=list, repr=False)
    """What is written once, just before the commit, however often it was asked for."""
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What slices of the domain keep for the length of the work."""
    session: AsyncSession | None = field(default=None, repr=False)
    """The ORM session, where one was needed so far."""

    @property
    def db(self) -> AsyncSession:
        """The work's ORM session; made when it is first asked for, since it costs more than a statement."""
        if self.session is None:
            self.session = self.open_session()
        return self.session

    async def driver(self, *, reads: bool = False) -> asyncpg.Connection:
        """The driver's connection, once what the session holds back is written; in a transaction.

        What only reads needs none: it sees what is committed when it begins, in a transaction as without.
        """
        session = self.session
        if session is not None and (session.new or session.dirty or session.deleted):
            await session.flush()
        if not (reads or self.line.begun):
            await self.line.begin()
        return self.line.driver

    def hold(self, row: R) -> R:
        """Keep a row that is asked for again: the session forgets what nobody holds, and reads it anew."""
        self.held.append(row)
        return row

    def moment(self, wall: datetime) -> datetime:
        """What the tenant's clock said when the machine's said this."""
        return self.now if self.frozen else self.now - (self.wall - wall)

    def ring(self, topic: str) -> None:
        """Wake whoever listens to a topic, after the commit."""
        self.topics.add(topic)


Made = Callable[[Line, Callable[[], AsyncSession]], Work]
Way = Callable[[Lines, Made], AbstractAsyncContextManager[Work]]


class Works:
    """Makes works. Every edge (request, socket message, tick, command, test) opens its own here."""

    def __init__(  # noqa: PLR0913 - each value is named at the call
        self,
        engine: AsyncEngine | AsyncConnection,
        clock: Clock,
        before_commit: Callable[[Work], Awaitable[None]] | None = None,
        publish: Callable[[Iterable[str]], None] | None = None,
        limits: Mapping[str, int] | None = None,
        enter: Callable[[Work, str], Awaitable[None]] | None = None,
    ) -> None:
        self.clock = clock
        self._enter = enter
        self._limits = limits or {}
        self._bind = engine
        hook = "before_cursor_execute"
        if isinstance(engine, AsyncEngine) and not event.contains(engine.sync_engine, hook, _begin_first):
            event.listen(engine.sync_engine, hook, _begin_first)
        self._before_commit = before_commit
        self._publish = publish

    @asynccontextmanager
    async def begin(self, tenant_id: str | None = None, *, at: datetime | None = None) -> AsyncIterator[Work]:
        """Open a work at the clock's, the tenant's or the given instant; commit when the block returns.

        The transaction begins with the first statement that needs one.
        """
        wall = self.clock.now()
        async with self._work(_transaction, at or wall, wall) as work:
            if tenant_id is not None and at is None and self._enter is not None:
                await self._enter(work, tenant_id)
            yield work
            if self._before_commit is not None:
                await self._before_commit(work)
        if self._publish is not None and work.topics:
            self._publish(work.topics)

    @asynccontextmanager
    async def each(self) -> AsyncIterator[Work]:
        """A work without a transaction: each statement stands for itself, and is committed as it ends.

        For what only reads, and for what one statement does: it saves two ways to the database and back.
        """
        wall = self.clock.now()
        async with self._work(_connection, wall, wall) as work:
            yield work
            if work.events:
                message = "an event can only be recorded in a transaction"
                raise RuntimeError(message)
        if self._publish is not None and work.topics:
            self._publish(work.topics)

    def _work(self, way: Way, now: datetime, wall: datetime) -> AbstractAsyncContextManager[Work]:
        def made(line: Line, open_session: Callable[[], AsyncSession]) -> Work:
            return Work(line, open_session, now, wall, limits=self._limits)

        bind = self._bind
        return _savepoint(bind, made) if isinstance(bind, AsyncConnection) else way(Lines(bind), made)


@asynccontextmanager
async def _transaction(lines: Lines, made: Made) -> AsyncIterator[Work]:
    """A work in a transaction, once one has begun, which is committed when the block returns."""
    line, sound = await lines.take(), False
    work = made(line, partial(_session, lines.engine, line))
    try:
        yield work
        await _finish(work)
        if line.begun:
            await _commit(line)
        sound = True
    except TimeoutError:
        lines.doubt()
        raise
    except BaseException:
        # Whoever is cancelled in a statement is waited for by the driver: the statement is cancelled first.
        sound = await _rolled_back(line)
        raise
    finally:
        if work.session is not None:
            await work.session.close()
        await lines.give_back(line, sound=sound)


@asynccontextmanager
async def _connection(lines: Lines, made: Made) -> AsyncIterator[Work]:
    """A work without a transaction."""
    line, sound = await lines.take(), False
    line.begun = True
    work = made(line, partial(_session, lines.engine, line))
    try:
        yield work
        await _finish(work)
        sound = True
    except TimeoutError:
        lines.doubt()
        raise
    except asyncio.CancelledError:
        # The next one would wait until the statement is cancelled.
        raise
    except BaseException:
        sound = not line.driver.is_closed()
        raise
    finally:
        if work.session is not None:
            await work.session.close()
        await lines.give_back(line, sound=sound)


@asynccontextmanager
async def _savepoint(connection: AsyncConnection, made: Made) -> AsyncIterator[Work]:
    """A work in a savepoint, on a connection whose transaction others began and will roll back: a test's."""
    async with connection.begin_nested():
        hold = await connection.get_raw_connection()
        line = Line(hold.driver_connection, hold, begun=True)
        work = made(line, partial(_joining, connection))
        try:
            yield work
            await _finish(work)
        finally:
            if work.session is not None:
                await work.session.close()


async def _finish(work: Work) -> None:
    """Write what was kept for the end, and what the session holds back."""
    for end in work.endings:
        await end(work)
    if work.session is not None:
        await work.session.commit()


async def _commit(line: Line) -> None:
    # PostgreSQL answers so, and without an error, when a statement of the transaction had failed.
    if await line.driver.execute("COMMIT") == "ROLLBACK":
        message = "a statement failed and the work went on: nothing was committed"
        raise RuntimeError(message)


async def _rolled_back(line: Line) -> bool:
    """Whether the transaction, if there was one, was undone, so that the connection can be used again."""
    if not line.begun:
        return not line.driver.is_closed()
    try:
        # The driver first waits until what was cancelled is: for ever, where the database is silent.
        async with asyncio.timeout(ANSWERS_WITHIN):
            await line.driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - what went wrong before is what matters, and is raised by the caller
        return False
    return True


def _session(engine: AsyncEngine, line: Line) -> AsyncSession:
    """An ORM session on a connection whose transaction is begun and ended here, and not by SQLAlchemy."""
    connection = Connection(engine.sync_engine, line.hold).execution_options(
        isolation_level="AUTOCOMMIT", line=line
    )
    return AsyncSession(AsyncConnection(engine, connection), expire_on_commit=False)


def _joining(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


def _begin_first(connection: Connection, *_: Any) -> None:
    """Before a session's statement: begin the transaction that the work has not begun."""
    line: Line | None = connection.get_execution_options().get("line")
    if line is not None and not line.begun:
        await_only(line.begin())
