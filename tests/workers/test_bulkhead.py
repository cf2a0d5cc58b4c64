"""Receivers that hang hold a few places; all others get theirs at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from owing import enqueue
from receiving import listening

from app.domain import outbox, tenants
from app.domain.outbox import Claimed, Notice
from app.domain.outbox.claiming import LOOK, Room
from app.domain.outbox.tables import Subscription
from app.kit.outbound import Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher
from app.workers.slots import EACH_TENANT, SLOW_SECONDS, TOTAL, UNPROVEN, UNPROVEN_IN_ALL, WIDEST, Slots

DEAD = UNPROVEN_IN_ALL + 20


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender() as sender:
        yield sender


class Hanging:
    """A receiver that answers nobody until it is let go; it knows how many wait, and how many did at once."""

    def __init__(self) -> None:
        self.url = ""
        self.served = 0
        self.waiting: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.release = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        self.waiting[request.path] += 1
        self.most[request.path] = max(self.most[request.path], self.waiting[request.path])
        await self.release.wait()
        self.waiting[request.path] -= 1
        self.served += 1
        return web.Response()


@pytest.fixture
async def hanging() -> AsyncIterator[Hanging]:
    """It lets everybody go at the end."""
    hanging = Hanging()
    async with listening(hanging.handle) as url:
        hanging.url = url
        yield hanging
        hanging.release.set()


async def endpoint(works: Works, tenant_id: str, url: str, lanes: int, purpose: str = "status") -> None:
    async with works.begin() as work:
        made = await outbox.subscribe(work, tenant_id, "merithub", purpose, url)
        for lane in range(lanes):
            await enqueue(work, made, f"{purpose} {lane}", [Notice("k", b"{}")])


async def test_many_receivers_that_hang_hold_a_few_places_and_the_others_get_theirs(
    works: Works, tenant: Any, receiver: Any, hanging: Hanging, sender: Sender
) -> None:
    all_came = asyncio.Event()

    async def count(_: web.Request) -> web.Response:
        if len(receiver.requests) == 30:
            all_came.set()
        return web.Response()

    receiver.answers = [count] * 30
    for number in range(DEAD):
        await endpoint(works, tenant.tenant_id, f"{hanging.url}/{number}", 2, f"dead {number}")
    await endpoint(works, tenant.tenant_id, receiver.url, 30, "well")
    dispatcher = Dispatcher(works, sender)
    async with works.begin() as work:
        well = await outbox.queries.subscription(work, tenant.tenant_id, "merithub", "well")
        assert well is not None
        well.passed_at = work.now
    tick = asyncio.create_task(dispatcher.tick())
    await asyncio.wait_for(all_came.wait(), 30)
    assert sum(hanging.waiting.values()) <= UNPROVEN_IN_ALL < TOTAL / 2
    assert set(hanging.most.values()) == {1}
    hanging.release.set()
    await tick
    assert hanging.served == DEAD * 2


async def test_no_receiver_gets_more_at_once_than_it_has_shown_to_take(
    works: Works, tenant: Any, hanging: Hanging, sender: Sender
) -> None:
    await endpoint(works, tenant.tenant_id, hanging.url, 60)
    hanging.release.set()
    await Dispatcher(works, sender).tick()
    assert sum(hanging.most.values()) <= WIDEST
    assert hanging.served == 60


async def claimed(works: Works, room: Room) -> list[Claimed]:
    async with works.begin() as work:
        return await outbox.claim(work, room)


async def proven(works: Works, tenant_id: str, purpose: str = "status") -> None:
    async with works.begin() as work:
        subscription = await outbox.queries.subscription(work, tenant_id, "merithub", purpose)
        assert subscription is not None
        subscription.passed_at = work.now


async def test_a_claim_takes_as_many_of_a_receiver_as_there_is_room_for(works: Works, tenant: Any) -> None:
    await endpoint(works, tenant.tenant_id, "http://127.0.0.1:9/", 20)
    assert len(await claimed(works, Room(64))) == 1
    await proven(works, tenant.tenant_id)
    [known] = await subscriptions(works, tenant.tenant_id)
    key = (tenant.tenant_id, known.subscription_id)
    assert await claimed(works, Room(64, known={key: 0})) == []
    assert await claimed(works, Room(64, full=[tenant.tenant_id])) == []
    assert len(await claimed(works, Room(64, known={key: 3}))) == 3
    assert len(await claimed(works, Room(64, each=64, each_tenant=5))) == 5
    assert len(await claimed(works, Room(64))) == 11


async def subscriptions(works: Works, tenant_id: str) -> list[Subscription]:
    async with works.begin() as work:
        return list(await outbox.log.subscriptions(work, tenant_id))


async def test_one_tenant_never_holds_all_places(works: Works, tenant: Any, sender: Sender) -> None:
    slots = Slots()
    async with works.begin() as work:
        other = await tenants.create(work, "Other", test=True, allow_private=True)
    for number in range(120):
        await endpoint(works, tenant.tenant_id, "http://127.0.0.1:9/", 1, f"p{number}")
        await proven(works, tenant.tenant_id, f"p{number}")
    await endpoint(works, other.tenant_id, "http://127.0.0.1:9/", 1)
    await proven(works, other.tenant_id)
    begun: Counter[str] = Counter()
    while found := await claimed(works, slots.room()):
        for one in found:
            slots.take(one)
            begun[one.tenant_id] += 1
    assert begun[tenant.tenant_id] <= EACH_TENANT
    assert begun[other.tenant_id] == 1


def unproven(number: int) -> Claimed:
    url = "http://127.0.0.1:9/"
    return Claimed("t", f"receiver {number}", "a", 1, True, url, [], True, 1, "m", "a", "k", b"", "", "")


def test_unproven_receivers_that_take_long_make_place_for_others_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr("app.workers.slots.monotonic", lambda: now)
    slots = Slots()
    begun = 0
    while room := slots.room().unproven:
        assert room == min(UNPROVEN, UNPROVEN_IN_ALL - begun)
        for number in range(begun, begun + room):
            slots.take(unproven(number))
        begun += room
        assert slots.room().unproven == 0
        now += SLOW_SECONDS + 0.1
    assert begun == UNPROVEN_IN_ALL


async def test_a_receiver_with_very_many_classes_hides_no_other(
    works: Works, tenant: Any, receiver: Any, hanging: Hanging, sender: Sender
) -> None:
    came = asyncio.Event()

    async def note(_: web.Request) -> web.Response:
        came.set()
        return web.Response()

    receiver.answers = [note]
    await endpoint(works, tenant.tenant_id, hanging.url, LOOK * 2, "many")
    await endpoint(works, tenant.tenant_id, receiver.url, 1, "few")
    for purpose in ("many", "few"):
        await proven(works, tenant.tenant_id, purpose)
    tick = asyncio.create_task(Dispatcher(works, sender).tick())
    # The others' requests hang: what is behind them is found at once, not when they are answered.
    await asyncio.wait_for(came.wait(), 10)
    assert hanging.served == 0
    hanging.release.set()
    await tick
    assert hanging.served == LOOK * 2
