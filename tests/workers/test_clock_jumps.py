"""The machine's clock is set, or two machines' clocks differ: nothing is lost, doubled for long, or stuck."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from common import START
from owing import enqueue
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database import Address
from app.domain import outbox
from app.domain.outbox import Notice
from app.domain.outbox.claiming import LEASE
from app.domain.outbox.tables import Subscription
from app.kit.outbound import TOTAL_SECONDS, Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher

DEADLINE = 10
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class Machine:
    """A clock that somebody sets, forward or back."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender() as sender:
        yield sender


class Hanging:
    """The first answer waits until it is let go."""

    def __init__(self, receiver: Any) -> None:
        self.arrived, self.release = asyncio.Event(), asyncio.Event()
        receiver.answers = [self.answer]

    async def answer(self, _: web.Request) -> web.Response:
        self.arrived.set()
        await self.release.wait()
        return web.Response()


def got(receiver: Any) -> list[str]:
    return [request.body.decode() for request in receiver.requests]


@pytest.fixture
async def machines(database: Address) -> AsyncIterator[list[tuple[Machine, Works]]]:
    """Two machines, each with a clock of its own, on one database."""
    engine = create_async_engine(database.url, poolclass=NullPool)
    clocks = [Machine(), Machine()]
    yield [(clock, Works(engine, clock)) for clock in clocks]
    await engine.dispose()


@pytest.fixture
async def subscription(works: Works, tenant: Any, receiver: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url)


async def owe(works: Works, subscription: Subscription, *texts: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, "a", [Notice("k", text.encode()) for text in texts])


async def test_clocks_that_differ_by_less_than_a_lease_leaves_over_send_nothing_twice(
    machines: Any, receiver: Any, subscription: Subscription, sender: Sender
) -> None:
    (_, one), (ahead, other) = machines
    ahead.time += LEASE - timedelta(seconds=TOTAL_SECONDS) - SECOND
    hanging = Hanging(receiver)
    await owe(one, subscription, "1", "2")
    tick = asyncio.create_task(Dispatcher(one, sender).tick())
    await asyncio.wait_for(hanging.arrived.wait(), DEADLINE)
    assert await Dispatcher(other, sender).tick() == 0
    hanging.release.set()
    await tick
    assert got(receiver) == ["1", "2"]


async def test_a_clock_set_forward_repeats_at_most_what_is_under_way(
    machines: Any, receiver: Any, subscription: Subscription, sender: Sender
) -> None:
    (clock, works), _ = machines
    hanging = Hanging(receiver)
    await owe(works, subscription, "1", "2", "3")
    tick = asyncio.create_task(Dispatcher(works, sender).tick())
    await asyncio.wait_for(hanging.arrived.wait(), DEADLINE)
    clock.time += HOUR
    await Dispatcher(works, sender).tick()
    hanging.release.set()
    await tick
    await Dispatcher(works, sender).tick()
    assert list(dict.fromkeys(got(receiver))) == ["1", "2", "3"]
    assert got(receiver).count("1") <= 2
    assert len(got(receiver)) <= 4
    ids = {request.headers["webhook-id"] for request in receiver.requests if request.body == b"1"}
    assert len(ids) == 1


async def test_a_clock_set_back_holds_up_what_was_due_until_then_and_nothing_for_ever(
    machines: Any, receiver: Any, subscription: Subscription, sender: Sender
) -> None:
    (clock, works), _ = machines
    hanging = Hanging(receiver)
    await owe(works, subscription, "1", "2")
    dispatcher = Dispatcher(works, sender)
    tick = asyncio.create_task(dispatcher.tick())
    await asyncio.wait_for(hanging.arrived.wait(), DEADLINE)
    clock.time -= HOUR
    hanging.release.set()
    await tick
    async with works.begin() as work:
        await enqueue(work, subscription, "b", [Notice("k", b"other")])
    await dispatcher.tick()
    assert "other" in got(receiver)
    clock.time += HOUR + SECOND
    await dispatcher.tick()
    assert sorted(got(receiver)) == ["1", "2", "other"]


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_a_receiver_that_rests_is_tried_again_whatever_the_clock_did(
    machines: Any, receiver: Any, subscription: Subscription, sender: Sender, jump: timedelta
) -> None:
    (clock, works), _ = machines
    receiver.answers = [503]
    dispatcher = Dispatcher(works, sender)
    await owe(works, subscription, "1", "2")
    await dispatcher.tick()
    clock.time += jump
    await dispatcher.tick()
    clock.time += HOUR + timedelta(minutes=1)
    await dispatcher.tick()
    assert got(receiver) == ["1", "1", "2"]
