"""The unit of work: one transaction at one instant, and the only commit and rollback in the code base."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.util import await_only

from app.kit.clock import Clock
from app.kit.lines import ANSWERS_WITHIN, Line, Lines
from app.kit.unreachable import READ_ONLY, ailment

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
        self.enter = enter
        self.limits = limits or {}
        self.publish = publish
        self.bind = engine
        hook = "before_cursor_execute"
        if isinstance(engine, AsyncEngine) and not event.contains(engine.sync_engine, hook, _begin_first):
            event.listen(engine.sync_engine, hook, _begin_first)
        self._before_commit = before_commit
        self._ailing = ("", 0.0)
        """What the database lacked when it failed last for want of something, and when."""

    def begin(
        self, tenant_id: str | None = None, *, at: datetime | None = None
    ) -> AbstractAsyncContextManager[Work]:
        """Open a work at the clock's, the tenant's or the given instant; commit when the block returns.

        The transaction begins with the first statement that needs one.
        """
        return Opened(self, Transaction, self._before_commit, tenant_id, at)

    def note(self, failure: BaseException) -> str | None:
        """Remember what the database lacked, where it was that which made a work fail."""
        lacks = ailment(failure)
        if lacks is not None:
            self._ailing = lacks, monotonic()
        return lacks

    def doubt(self) -> None:
        """Connections that wait may lead nowhere: they are asked before they are used."""
        if isinstance(self.bind, AsyncEngine):
            Lines(self.bind).doubt()

    def lately_ailing(self, seconds: float) -> str | None:
        """What the database lacked in the last so many seconds, in a sentence."""
        lacked, at = self._ailing
        return lacked if lacked and monotonic() - at < seconds else None

    def each(self) -> AbstractAsyncContextManager[Work]:
        """A work without a transaction: each statement stands for itself, and is committed as it ends.

        For what only reads, and for what one statement does: it saves two ways to the database and back.
        """
        return Opened(self, Single, _records_nothing)


class Opened(AbstractAsyncContextManager[Work]):
    """A work from its beginning to its end. Generators would say it in fewer words, and cost more time."""

    __slots__ = ("_at", "_before_end", "_ground", "_tenant_id", "_work", "_works")

    def __init__(
        self,
        works: Works,
        kind: "type[Single]",
        before_end: Callable[[Work], Awaitable[None]] | None,
        tenant_id: str | None = None,
        at: datetime | None = None,
    ) -> None:
        bind = works.bind
        self._ground = kind(bind, works) if isinstance(bind, AsyncEngine) else Savepoint(bind)
        self._works, self._before_end = works, before_end
        self._tenant_id, self._at = tenant_id, at

    async def __aenter__(self) -> Work:
        works, ground, at = self._works, self._ground, self._at
        wall = works.clock.now()
        line = await ground.take()
        self._work = work = Work(line, ground.session, at or wall, wall, limits=works.limits)
        if self._tenant_id is not None and at is None and works.enter is not None:
            try:
                await works.enter(work, self._tenant_id)
            except BaseException as error:
                await self._end(error)
                raise
        return work

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._end(error)
        if error is None and self._works.publish is not None and self._work.topics:
            self._works.publish(self._work.topics)

    async def _end(self, error: BaseException | None) -> None:
        """Complete the work, or undo it."""
        work, ground, sound = self._work, self._ground, False
        try:
            if error is not None:
                sound = await ground.undo(error)
                return
            try:
                if self._before_end is not None:
                    await self._before_end(work)
                await _finish(work)
                await ground.complete()
            except BaseException as failure:
                sound = await ground.undo(failure)
                raise
            sound = True
        finally:
            if work.session is not None:
                await work.session.close()
            await ground.give_back(sound=sound)


class Single:
    """A connection without a transaction."""

    __slots__ = ("_line", "_lines", "_works")

    def __init__(self, engine: AsyncEngine, works: Works) -> None:
        self._lines = Lines(engine)
        self._works = works

    async def take(self) -> Line:
        line = self._line = await self._lines.take()
        line.begun = True
        return line

    def session(self) -> AsyncSession:
        """A session on a connection whose transaction is begun and ended here, and not by SQLAlchemy."""
        engine, line = self._lines.engine, self._line
        line.shared = True
        connection = Connection(engine.sync_engine, line.hold).execution_options(
            isolation_level="AUTOCOMMIT", line=line
        )
        return AsyncSession(AsyncConnection(engine, connection), expire_on_commit=False)

    async def complete(self) -> None: ...

    async def undo(self, error: BaseException) -> bool:
        if self._is_lost(error):
            return False
        # After a cancelled one, the next statement would wait until that is cancelled.
        return not (isinstance(error, asyncio.CancelledError) or self._line.driver.is_closed())

    async def give_back(self, *, sound: bool) -> None:
        await self._lines.give_back(self._line, sound=sound)

    def _is_lost(self, error: BaseException) -> bool:
        """Whether the connection leads nowhere, or to a server that takes no changes, and others may too."""
        lost = self._works.note(error) == READ_ONLY or isinstance(error, TimeoutError)
        if lost:
            self._lines.doubt()
        return lost


class Transaction(Single):
    """A connection in a transaction, once one has begun."""

    __slots__ = ()

    async def take(self) -> Line:
        self._line = await self._lines.take()
        return self._line

    async def complete(self) -> None:
        # PostgreSQL answers so, and without an error, when a statement of the transaction had failed.
        if self._line.begun and await self._line.driver.execute("COMMIT") == "ROLLBACK":
            message = "a statement failed and the work went on: nothing was committed"
            raise RuntimeError(message)

    async def undo(self, error: BaseException) -> bool:
        if not self._line.begun:
            return await super().undo(error)
        if self._is_lost(error):
            return False
        try:
            # The driver first waits until what was cancelled is: for ever, where the database is silent.
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._line.driver.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - what went wrong before is what matters, and is raised by the caller
            return False
        return True


class Savepoint:
    """A savepoint on a connection whose transaction others began and will roll back: a test's."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self) -> Line:
        self._nested = await self._connection.begin_nested()
        hold = await self._connection.get_raw_connection()
        return Line(hold.driver_connection, hold, begun=True)

    def session(self) -> AsyncSession:
        return AsyncSession(
            self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )

    async def complete(self) -> None: ...

    async def undo(self, _error: BaseException) -> bool:
        return False

    async def give_back(self, *, sound: bool) -> None:
        await (self._nested.commit() if sound else self._nested.rollback())


async def _records_nothing(work: Work) -> None:
    if work.events:
        message = "an event can only be recorded in a transaction"
        raise RuntimeError(message)


async def _finish(work: Work) -> None:
    """Write what was kept for the end, and what the session holds back."""
    for end in work.endings:
        await end(work)
    if work.session is not None:
        await work.session.commit()


def _begin_first(connection: Connection, *_: Any) -> None:
    """Before a session's statement: begin the transaction that the work has not begun."""
    line: Line | None = connection.get_execution_options().get("line")
    if line is not None and not line.begun:
        await_only(line.begin())
