"""Messages of a class stand in the order of their commits, whoever began first; no work that failed owes."""

import asyncio
from typing import Any

import pytest
from owing import enqueue

from app.domain import outbox
from app.domain.outbox import Notice, Outcome
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Subscription
from app.kit.work import Work, Works

DEADLINE = 10


@pytest.fixture
async def receiver_of(works: Works, tenant: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(
            work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/pings"
        )


async def owe(work: Work, to: Subscription, text: str, lane: str = "a") -> None:
    await enqueue(work, to, lane, [Notice("k", text.encode())])


async def arriving(works: Works) -> list[str]:
    """Everything that is owed, in the order in which it is handed out."""
    order = []
    while True:
        async with works.begin() as work:
            heads = await outbox.claim(work, Room.for_all(8))
        if not heads:
            return order
        for head in heads:
            async with works.begin() as work:
                assert await outbox.settle(work, head, Outcome(200, 5))
            order.append(head.body.decode())


async def test_who_began_last_and_committed_first_is_told_first(
    works: Works, receiver_of: Subscription
) -> None:
    async with works.begin() as first:
        await outbox.queries.subscription(first, receiver_of.tenant_id, "merithub", "status")
        async with works.begin() as second:
            await owe(second, receiver_of, "began second, committed first")
        await owe(first, receiver_of, "began first, committed second")
    assert await arriving(works) == ["began second, committed first", "began first, committed second"]


async def test_who_owes_first_commits_first(works: Works, receiver_of: Subscription) -> None:
    async def other() -> None:
        async with works.begin() as work:
            begun.set()
            await owe(work, receiver_of, "2")

    begun = asyncio.Event()
    async with works.begin() as first:
        await owe(first, receiver_of, "1")
        waiting = asyncio.create_task(other())
        await begun.wait()
        await owe(first, receiver_of, "1, too")
        assert not waiting.done()
    await asyncio.wait_for(waiting, DEADLINE)
    assert await arriving(works) == ["1", "1, too", "2"]


async def test_what_is_undone_is_not_owed_and_leaves_no_gap(works: Works, receiver_of: Subscription) -> None:
    async def other() -> None:
        async with works.begin() as work:
            await owe(work, receiver_of, "2")

    async def undone() -> "asyncio.Task[None]":
        async with works.begin() as work:
            await owe(work, receiver_of, "1")
            waiting.append(asyncio.create_task(other()))
            await outbox.queries.subscription(work, receiver_of.tenant_id, "merithub", "status")
            raise LookupError

    waiting: list[asyncio.Task[None]] = []
    with pytest.raises(LookupError):
        await undone()
    await asyncio.wait_for(waiting[0], DEADLINE)
    async with works.begin() as work:
        await owe(work, receiver_of, "3")
    assert await arriving(works) == ["2", "3"]


async def test_works_that_owe_the_same_classes_in_other_orders_do_not_block_each_other(
    works: Works, receiver_of: Subscription
) -> None:
    async def owe_both(number: int) -> None:
        lanes = ("a", "b") if number % 2 else ("b", "a")
        async with works.begin() as work:
            for lane in lanes:
                await owe(work, receiver_of, f"{lane}{number}", lane)

    done = await asyncio.gather(*(owe_both(number) for number in range(6)), return_exceptions=True)
    # PostgreSQL ends one of two that wait for each other; each of these is undone whole or owed whole.
    owed = [number for number, failed in enumerate(done) if failed is None]
    arrived = await arriving(works)
    assert sorted(arrived) == sorted(f"{lane}{number}" for number in owed for lane in ("a", "b"))
