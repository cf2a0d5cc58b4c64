"""A receiver that answers 410 gets nothing more, whatever was claimed for it already."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from owing import enqueue
from sqlalchemy import select, text

from app.domain import outbox
from app.domain.outbox import Notice, log, steering
from app.domain.outbox.tables import Lane, Subscription
from app.kit import loops
from app.kit.outbound import Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher

WAITING = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE NOT l.granted AND a.datname = current_database()"
)
"""Transactions that wait for another's row."""


@pytest.fixture
async def dispatcher(works: Works) -> AsyncIterator[Dispatcher]:
    async with Sender() as sender:
        yield Dispatcher(works, sender)


async def owe(works: Works, tenant: Any, lane: str, *texts: str) -> None:
    async with works.begin() as work:
        [found] = await log.subscriptions(work, tenant.tenant_id)
        await enqueue(work, found, lane, [Notice("k", text.encode()) for text in texts])


async def test_what_was_claimed_before_a_410_is_not_sent_after_it(
    works: Works, tenant: Any, receiver: Any, dispatcher: Dispatcher
) -> None:
    async with works.begin() as work:
        mine = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url)
    # It has taken something, so it gets two at once.
    await owe(works, tenant, "c", "c1")
    await dispatcher.tick()
    both, told = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if await request.text() == "b1":
            both.set()
            await told.wait()
            return web.Response()
        await both.wait()
        return web.Response(status=410)

    receiver.answers = [answer] * 10
    await owe(works, tenant, "a", "a1", "a2")
    await owe(works, tenant, "b", "b1", "b2", "b3")
    tick = asyncio.create_task(dispatcher.tick())
    # Nobody can write down that it is gone, as long as this holds its row.
    async with works.begin() as work, asyncio.timeout(20):
        await work.db.get_one(
            Subscription, (tenant.tenant_id, mine.subscription_id), with_for_update={"key_share": True}
        )
        while not await work.db.scalar(WAITING):
            await loops.pause(0.01)
        told.set()
        while "delivered" not in {
            one.state for one in await log.deliveries(work, tenant.tenant_id, classroom_id="b")
        }:
            work.db.expire_all()
            await loops.pause(0.01)
    await asyncio.wait_for(tick, 10)
    assert [request.body.decode() for request in receiver.requests] in (
        ["c1", "a1", "b1"],
        ["c1", "b1", "a1"],
    )
    receiver.answers = []
    async with works.begin() as work:
        held = select(Lane.leased_until).where(
            Lane.tenant_id == tenant.tenant_id, Lane.leased_until.is_not(None)
        )
        assert (await work.db.scalars(held)).all() == []
        await steering.resume(work, tenant.tenant_id, mine.subscription_id)
    await dispatcher.tick()
    assert sorted(request.body.decode() for request in receiver.requests[3:]) == ["a1", "a2", "b2", "b3"]
