"""The unit of work: one transaction at one instant, and the only commit and rollback in the code base."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.kit.clock import Clock

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

    db: AsyncSession
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
        self._enter = enter
        self._limits = limits or {}
        self._bind = engine
        self._before_commit = before_commit
        self._publish = publish

    @asynccontextmanager
    async def begin(self, tenant_id: str | None = None, *, at: datetime | None = None) -> AsyncIterator[Work]:
        """Open a work at the clock's, the tenant's or the given instant; commit when the block returns."""
        db = AsyncSession(self._bind, expire_on_commit=False, join_transaction_mode="create_savepoint")
        async with db:
            wall = self.clock.now()
            work = Work(db, at or wall, wall, limits=self._limits)
            try:
                if tenant_id is not None and at is None and self._enter is not None:
                    await self._enter(work, tenant_id)
                yield work
                if self._before_commit is not None:
                    await self._before_commit(work)
                await db.commit()
            except BaseException:
                await db.rollback()
                raise
        if self._publish is not None and work.topics:
            self._publish(work.topics)
