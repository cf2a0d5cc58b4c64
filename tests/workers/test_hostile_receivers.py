"""Receivers that misbehave harm nobody but themselves: all others get theirs at once and in order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import hostile
import pytest
from aiohttp import web
from hostile import Speak, opened
from owing import enqueue

from app.domain import outbox
from app.domain.outbox import Notice, log
from app.domain.outbox.tables import Attempt
from app.kit.clock import ManualClock
from app.kit.outbound import Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher

SECONDS = 1.0
LANES, EACH = 8, 4
SECOND = timedelta(seconds=1)


@pytest.fixture
async def dispatcher(works: Works) -> AsyncIterator[Dispatcher]:
    async with Sender(seconds=SECONDS) as sender:
        yield Dispatcher(works, sender)


async def owe(works: Works, tenant: Any, purpose: str, url: str, lane: str, *texts: str) -> None:
    async with works.begin() as work:
        found = await outbox.queries.subscription(work, tenant.tenant_id, "merithub", purpose)
        found = found or await outbox.subscribe(work, tenant.tenant_id, "merithub", purpose, url)
        await enqueue(work, found, lane, [Notice(purpose, text.encode()) for text in texts])


async def attempts(works: Works, tenant: Any, kind: str) -> list[Attempt]:
    async with works.begin() as work:
        owed = await log.deliveries(work, tenant.tenant_id, kind=kind)
        tried = [await log.attempts(work, tenant.tenant_id, one.delivery_id) for one in owed]
    return [one for tries in tried for one in tries]


async def states(works: Works, tenant: Any, kind: str) -> set[str]:
    async with works.begin() as work:
        return {one.state for one in await log.deliveries(work, tenant.tenant_id, kind=kind)}


@pytest.mark.parametrize(
    "speak",
    [
        hostile.half_open,
        hostile.slow_head,
        hostile.slow_body,
        hostile.endless_prologue,
        hostile.endless_head,
        hostile.endless_body,
        hostile.reset_at_once,
        hostile.reset_in_head,
        hostile.reset_in_body,
        hostile.no_http,
    ],
)
async def test_others_get_theirs_at_once_beside_a_receiver_that(
    works: Works, tenant: Any, receiver: Any, dispatcher: Dispatcher, speak: Speak
) -> None:
    texts = [f"{lane}:{number}" for lane in range(LANES) for number in range(EACH)]
    all_came = asyncio.Event()

    async def count(_: web.Request) -> web.Response:
        if len(receiver.requests) == len(texts):
            all_came.set()
        return web.Response()

    receiver.answers = [count] * len(texts)
    async with opened(speak) as server:
        for lane in range(LANES):
            await owe(works, tenant, "bad", server.url, f"bad {lane}", "1", "2")
        for lane in range(LANES):
            mine = [text for text in texts if text.startswith(f"{lane}:")]
            await owe(works, tenant, "well", receiver.url, f"well {lane}", *mine)
        tick = asyncio.create_task(dispatcher.tick())
        await asyncio.wait_for(all_came.wait(), 20)
        await tick
    arrived = [request.body.decode() for request in receiver.requests]
    assert len(arrived) == len(set(arrived)) == len(texts)
    for lane in range(LANES):
        assert [text for text in arrived if text.startswith(f"{lane}:")] == [
            f"{lane}:{number}" for number in range(EACH)
        ]
    assert await states(works, tenant, "well") == {"delivered"}
    assert await states(works, tenant, "bad") == {"pending"}
    tried = await attempts(works, tenant, "bad")
    assert tried
    assert all(one.duration_ms < 3 * SECONDS * 1_000 and len(one.response_head) <= 4_096 for one in tried)


async def test_a_receiver_that_hangs_up_after_each_answer_gets_everything(
    works: Works, tenant: Any, dispatcher: Dispatcher
) -> None:
    async with opened(hostile.well_and_hung_up) as server:
        await owe(works, tenant, "bad", server.url, "a", *map(str, range(20)))
        await dispatcher.tick()
        assert server.requests == 20
    assert await states(works, tenant, "bad") == {"delivered"}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere_and_refuses_the_message(
    works: Works, tenant: Any, receiver: Any, dispatcher: Dispatcher, clock: ManualClock, code: int
) -> None:
    async with opened(hostile.redirect(code, receiver.url)) as server:
        await owe(works, tenant, "bad", server.url, "a", "1")
        for _ in range(3):
            await dispatcher.tick()
            clock.advance(timedelta(minutes=3))
        assert server.requests == 3
    assert receiver.requests == []
    assert [one.status for one in await attempts(works, tenant, "bad")] == [code] * 3


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("wait", ["90", "date"])
async def test_retry_after_is_kept_to_the_second_in_both_its_forms(
    works: Works, tenant: Any, receiver: Any, dispatcher: Dispatcher, clock: ManualClock, code: int, wait: str
) -> None:
    until = clock.now() + 90 * SECOND
    value = wait if wait.isdigit() else format_datetime(until, usegmt=True)

    async def throttled(_: web.Request) -> web.Response:
        return web.Response(status=code, headers={"retry-after": value})

    receiver.answers = [throttled]
    await owe(works, tenant, "well", receiver.url, "a", "1", "2")
    await owe(works, tenant, "well", receiver.url, "b", "3")
    assert await dispatcher.tick() == 1
    clock.set(until - SECOND)
    assert await dispatcher.tick() == 0
    clock.set(until)
    # One lane tries first.
    assert await dispatcher.tick() == 1
    clock.advance(20 * SECOND)
    await dispatcher.tick()
    assert len(receiver.requests) == 4
    assert await states(works, tenant, "well") == {"delivered"}


async def test_410_ends_it_for_this_receiver_alone(
    works: Works, tenant: Any, receiver: Any, dispatcher: Dispatcher, clock: ManualClock
) -> None:
    async def gone(request: web.Request) -> web.Response:
        return web.Response(status=410 if request.path == "/gone" else 200)

    receiver.answers = [gone] * 100
    url = receiver.url.replace("/pings", "/gone")
    for lane in range(LANES):
        await owe(works, tenant, "gone", url, f"gone {lane}", "1", "2")
        await owe(works, tenant, "well", receiver.url, f"well {lane}", "1", "2")
    await dispatcher.tick()
    clock.advance(timedelta(days=1))
    await dispatcher.tick()
    assert await states(works, tenant, "well") == {"delivered"}
    assert await states(works, tenant, "gone") == {"pending"}
    # Those that were under way when it said so.
    assert 1 <= sum(request.path == "/gone" for request in receiver.requests) <= LANES
    async with works.begin() as work:
        off = await outbox.queries.subscription(work, tenant.tenant_id, "merithub", "gone")
    assert off is not None
    assert (off.enabled, off.disabled_reason) == (False, "The receiver answered 410 Gone.")
