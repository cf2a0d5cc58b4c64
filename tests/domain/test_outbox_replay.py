"""Sending again while things are sent: nothing is left behind, and each class keeps its order."""

import asyncio
from typing import Any

import pytest
from common import START
from owing import enqueue
from sqlalchemy import select

from app.domain import outbox
from app.domain.outbox import Notice, Outcome, log, steering
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Lane, Subscription
from app.kit.work import Works

MESSAGES = 40
REPLAYS = 12


@pytest.fixture
async def subscription(works: Works, tenant: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/")


async def owe(works: Works, subscription: Subscription, *texts: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, "a", [Notice(text, text.encode()) for text in texts])


async def sent(works: Works) -> list[str]:
    """What a sender takes and delivers in one go."""
    async with works.begin() as work:
        claimed = await outbox.claim(work, Room.for_all(64))
    for one in claimed:
        async with works.begin() as work:
            await outbox.settle(work, one, Outcome(200, 1))
    return [one.kind for one in claimed]


async def drained(works: Works) -> list[str]:
    """All that is sent until nothing is due."""
    told: list[str] = []
    while found := await sent(works):
        told += found
    return told


async def replay(works: Works, subscription: Subscription) -> int:
    async with works.begin() as work:
        return await steering.replay(work, subscription.tenant_id, subscription.subscription_id, START)


async def lane_keys(works: Works, subscription: Subscription) -> list[str]:
    async with works.begin() as work:
        mine = select(Lane.lane_key).where(Lane.tenant_id == subscription.tenant_id)
        return list(await work.db.scalars(mine))


async def test_replaying_while_messages_are_settled_leaves_none_behind(
    works: Works, subscription: Subscription
) -> None:
    await owe(works, subscription, *(f"{number:02}" for number in range(MESSAGES)))

    async def replaying() -> None:
        for _ in range(REPLAYS):
            await replay(works, subscription)

    again = asyncio.create_task(replaying())
    while not again.done():
        await sent(works)
    await again
    await drained(works)
    async with works.begin() as work:
        found = await log.deliveries(work, subscription.tenant_id)
    assert [one.state for one in found] == ["delivered"] * MESSAGES


async def test_a_replay_of_what_was_replayed_keeps_the_order_and_no_empty_lane(
    works: Works, subscription: Subscription
) -> None:
    await owe(works, subscription, "1", "2", "3")
    await drained(works)
    for _ in range(3):
        assert await replay(works, subscription) == 3
        assert await drained(works) == ["1", "2", "3"]
    await owe(works, subscription, "4")
    assert await drained(works) == ["4"]
    [own, run] = sorted(await lane_keys(works, subscription))
    assert (own, run.startswith("~")) == ("a", True)
