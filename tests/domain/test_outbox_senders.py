"""What a dead sender had leased is free as soon as its session is gone, and what a living one has is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from owing import enqueue
from sqlalchemy import select

from app.database import Address
from app.domain import outbox
from app.domain.outbox import Claimed, Notice, Outcome, Taken, senders
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Lane, SendingProcess, Subscription
from app.kit.work import Works

OK = Outcome(200, 5)


@pytest.fixture
async def subscription(works: Works, tenant: Any) -> Subscription:
    async with works.begin() as work:
        made = await outbox.subscribe(
            work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/pings"
        )
        made.passed_at = work.now
        return made


@asynccontextmanager
async def session(database: Address) -> AsyncIterator[tuple[asyncpg.Connection, int]]:
    """A sender's session and number; the block's end is the sender's."""
    connection = await asyncpg.connect(database.dsn)
    try:
        yield connection, await senders.enlist(connection)
    finally:
        await connection.close()


async def owe(works: Works, subscription: Subscription, lane: str, *kinds: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, lane, [Notice(kind, kind.encode()) for kind in kinds])


async def claim(works: Works, sender: int | None, limit: int = 64) -> list[Claimed]:
    async with works.begin() as work:
        return await outbox.claim(work, Room.for_all(limit), depth=8, sender=sender)


async def freed(works: Works, connection: asyncpg.Connection, number: int) -> int:
    dead = await senders.dead(connection, number)
    async with works.begin() as work:
        return await senders.free(work, dead)


async def numbers(works: Works) -> set[int]:
    async with works.begin() as work:
        return set(await work.db.scalars(select(SendingProcess.number)))


async def test_the_lanes_of_a_dead_sender_go_on_and_those_of_a_living_one_stay(
    works: Works, subscription: Subscription, database: Address
) -> None:
    for lane in ("a", "b", "c"):
        await owe(works, subscription, lane, lane)
    async with session(database) as (watching, watcher), session(database) as (_, alive):
        async with session(database) as (_, dying):
            [lost] = await claim(works, dying, 1)
            [kept] = await claim(works, alive, 1)
            [timed] = await claim(works, None, 1)
            assert await freed(works, watching, watcher) == 0
        assert await freed(works, watching, watcher) == 1
        [again] = await claim(works, watcher)
        assert (again.delivery_id, again.fence) == (lost.delivery_id, lost.fence + 1)
        assert {kept.lane_key, timed.lane_key, again.lane_key} == {"a", "b", "c"}
        # A number is forgotten when nothing is left of it.
        assert await freed(works, watching, watcher) == 0
        assert await numbers(works) == {watcher, alive}


async def test_a_row_that_somebody_holds_is_freed_the_next_time(
    works: Works, tenant: Any, subscription: Subscription, database: Address
) -> None:
    await owe(works, subscription, "a", "1")
    async with session(database) as (watching, watcher):
        async with session(database) as (_, dying):
            await claim(works, dying)
        async with works.begin() as work:
            await work.db.scalar(select(Lane).where(Lane.tenant_id == tenant.tenant_id).with_for_update())
            assert await freed(works, watching, watcher) == 0
            assert await numbers(works) == {watcher, dying}
        assert await freed(works, watching, watcher) == 1


async def test_a_sender_that_was_taken_for_dead_settles_nothing_any_more(
    works: Works, subscription: Subscription, database: Address
) -> None:
    await owe(works, subscription, "a", "1", "2")
    async with session(database) as (watching, watcher):
        async with session(database) as (_, dying):
            [head] = await claim(works, dying)
        await freed(works, watching, watcher)
        async with works.begin() as work:
            assert await outbox.settle_taken(work, [Taken(head, OK, go_on=True)]) == [None]
            assert not await outbox.settle(work, head, Outcome(410, 5))
        assert [one.kind for one in await claim(works, watcher)] == ["1"]
