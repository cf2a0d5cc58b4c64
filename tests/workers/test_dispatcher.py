import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from owing import enqueue

from app.domain import outbox
from app.domain.outbox import Notice, log
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Subscription
from app.kit.clock import ManualClock
from app.kit.outbound import Answer, Sender
from app.kit.signing import signature_headers
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher, settle

DEADLINE = 10


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender() as sender:
        yield sender


@pytest.fixture
def dispatcher(works: Works, sender: Sender) -> Dispatcher:
    return Dispatcher(works, sender)


@pytest.fixture
async def subscription(works: Works, tenant: Any, receiver: Any) -> Subscription:
    return await subscribed(works, tenant, receiver.url)


async def subscribed(works: Works, tenant: Any, url: str, dialect: str = "merithub") -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, dialect, "status", url)


async def owe(works: Works, subscription: Subscription, lane: str, *texts: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, lane, [Notice("k", text.encode()) for text in texts])


def got(receiver: Any) -> list[str]:
    return [request.body.decode() for request in receiver.requests]


async def test_deliveries_of_a_lane_arrive_in_order_and_signed(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, clock: Any
) -> None:
    await owe(works, subscription, "a", "1", "2", "3")
    assert await dispatcher.tick() == 3
    assert got(receiver) == ["1", "2", "3"]
    assert await dispatcher.tick() == 0
    first = receiver.requests[0]
    signed = signature_headers(first.headers["webhook-id"], clock.now(), b"1", subscription.secret)
    assert {name: first.headers[name] for name in signed} == signed
    async with works.begin() as work:
        done = await log.deliveries(work, tenant.tenant_id)
        [attempt] = await log.attempts(work, tenant.tenant_id, first.headers["webhook-id"])
    assert [one.state for one in done] == ["delivered"] * 3
    assert (attempt.status, attempt.response_body) == (200, "ok")


async def test_a_failing_head_holds_back_its_lane_and_no_other(
    works: Works, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "a1", "a2")
    receiver.answers = [503]
    await dispatcher.tick()
    await owe(works, subscription, "b", "b1", "b2")
    await dispatcher.tick()
    assert got(receiver) == ["a1", "b1", "b2"]
    clock.advance(timedelta(seconds=5))
    await dispatcher.tick()
    assert got(receiver) == ["a1", "b1", "b2", "a1", "a2"]
    tries = [one.headers["webhook-id"] for one in receiver.requests if one.body == b"a1"]
    assert tries[0] == tries[1]


async def test_a_head_that_is_refused_lets_the_next_go_when_others_pass(
    works: Works, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1", "2")
    receiver.answers = [404, 404, 404, 404, 200, 404]
    for _ in range(4):
        await dispatcher.tick()
        clock.advance(timedelta(minutes=7))
    await owe(works, subscription, "b", "other")
    await dispatcher.tick()
    clock.advance(timedelta(minutes=3))
    await dispatcher.tick()
    assert got(receiver) == ["1"] * 4 + ["other"] + ["1", "2"]


async def test_away_outlasts_refusal(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, clock: Any
) -> None:
    await owe(works, subscription, "a", "1")
    receiver.answers = [503] * 12
    for _ in range(13):
        await dispatcher.tick()
        clock.advance(timedelta(minutes=15))
    assert got(receiver) == ["1"] * 13
    async with works.begin() as work:
        [only] = await log.deliveries(work, tenant.tenant_id)
    assert only.state == "delivered"


async def test_a_slow_lane_does_not_hold_up_what_comes_later(
    works: Works, receiver: Any, subscription: Subscription, sender: Sender
) -> None:
    wake, arrived, release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        arrived.set()
        await release.wait()
        return web.Response()

    async def quick(_: web.Request) -> web.Response:
        release.set()
        return web.Response()

    receiver.answers = [200, slow, quick]
    dispatcher = Dispatcher(works, sender, wake)
    await owe(works, subscription, "first", "0")
    await dispatcher.tick()
    await owe(works, subscription, "slow", "1")
    tick = asyncio.create_task(dispatcher.tick())
    await asyncio.wait_for(arrived.wait(), DEADLINE)
    await owe(works, subscription, "quick", "2")
    wake.set()
    # The slow answer comes only after the quick one was asked for: waiting for the batch would never end.
    assert await asyncio.wait_for(tick, DEADLINE) == 2


async def test_a_crash_after_the_claim_is_sent_again_under_the_same_id(
    works: Works, receiver: Any, subscription: Subscription, sender: Sender, clock: ManualClock
) -> None:
    arrived, never = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        arrived.set()
        await never.wait()
        return web.Response()

    receiver.answers = [hang]
    await owe(works, subscription, "a", "1", "2")
    killed = Dispatcher(works, sender)
    tick = asyncio.create_task(killed.tick())
    await asyncio.wait_for(arrived.wait(), DEADLINE)
    tick.cancel()
    for task in killed._sending:
        task.cancel()
    await asyncio.gather(tick, *killed._sending, return_exceptions=True)
    successor = Dispatcher(works, sender)
    assert await successor.tick() == 0
    clock.advance(timedelta(seconds=31))
    await successor.tick()
    assert got(receiver) == ["1", "1", "2"]
    assert receiver.requests[0].headers["webhook-id"] == receiver.requests[1].headers["webhook-id"]


async def test_two_dispatchers_share_the_work_without_doubles(
    works: Works, receiver: Any, subscription: Subscription, sender: Sender
) -> None:
    for lane in range(20):
        await owe(works, subscription, f"lane {lane}", f"{lane}:1", f"{lane}:2")
    await asyncio.gather(*(Dispatcher(works, sender).tick() for _ in range(2)))
    await Dispatcher(works, sender).tick()
    arrived = got(receiver)
    assert len(arrived) == len(set(arrived)) == 40
    for lane in range(20):
        assert arrived.index(f"{lane}:1") < arrived.index(f"{lane}:2")


async def test_a_redirect_is_a_refusal(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher
) -> None:
    receiver.answers = [302]
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    assert len(receiver.requests) == 1
    async with works.begin() as work:
        [attempt] = await log.attempts(work, tenant.tenant_id, receiver.requests[0].headers["webhook-id"])
    assert attempt.status == 302


async def test_loopback_is_refused_to_a_tenant_without_leave(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher
) -> None:
    async with works.begin() as work:
        (await work.db.merge(tenant)).allow_private = False
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    assert receiver.requests == []
    async with works.begin() as work:
        [owed] = await log.deliveries(work, tenant.tenant_id)
        [attempt] = await log.attempts(work, tenant.tenant_id, owed.delivery_id)
    assert attempt.status is None
    assert "not a public address" in (attempt.error or "")


async def test_410_switches_off_and_the_rest_stays_owed(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, clock: Any
) -> None:
    receiver.answers = [410]
    await owe(works, subscription, "a", "1", "2")
    await dispatcher.tick()
    clock.advance(timedelta(days=1))
    assert await dispatcher.tick() == 0
    assert got(receiver) == ["1"]
    async with works.begin() as work:
        [off] = await log.subscriptions(work, tenant.tenant_id)
    assert (off.enabled, "410" in (off.disabled_reason or "")) == (False, True)
    await subscribed(works, tenant, receiver.url)
    await dispatcher.tick()
    assert got(receiver) == ["1", "1", "2"]


async def test_many_lanes_may_be_gone_at_once(
    works: Works, receiver: Any, subscription: Subscription, dispatcher: Dispatcher, caplog: Any
) -> None:
    receiver.answers = [410] * 20
    for lane in range(20):
        await owe(works, subscription, f"lane {lane}", "1")
    await dispatcher.tick()
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


SENSELESS = [
    "9" * 5_000,
    "-1",
    "soon",
    "",
    "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
    "1 Jan 2026 99999999999999999999:0:0 GMT",
    "1 Jan 2026 00:00:00 +99999999999999999999",
    "Mon, 01 Jan 0001 00:00:00 +2359",
]


@pytest.mark.parametrize("value", ["7", "Mon, 02 Mar 2026 08:00:07 GMT", *SENSELESS])
async def test_no_retry_after_can_stop_a_lane(
    works: Works,
    tenant: Any,
    receiver: Any,
    subscription: Subscription,
    dispatcher: Dispatcher,
    clock: Any,
    value: str,
) -> None:
    async def throttled(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"retry-after": value})

    receiver.answers = [throttled]
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    async with works.begin() as work:
        [owed] = await log.deliveries(work, tenant.tenant_id)
        assert len(await log.attempts(work, tenant.tenant_id, owed.delivery_id)) == 1
    clock.advance(timedelta(hours=10))
    await dispatcher.tick()
    assert got(receiver) == ["1", "1"]


@pytest.mark.parametrize("status", [200, 400, 410, 503])
@pytest.mark.parametrize("value", SENSELESS)
async def test_whatever_the_headers_of_an_answer_hold_it_is_a_try_and_written_down(
    works: Works,
    tenant: Any,
    receiver: Any,
    subscription: Subscription,
    dispatcher: Dispatcher,
    clock: ManualClock,
    status: int,
    value: str,
) -> None:
    async def senseless(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"retry-after": value, "x-more": "\xff"})

    receiver.answers = [senseless]
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    clock.advance(timedelta(seconds=2))
    assert await dispatcher.tick() == 0
    async with works.begin() as work:
        [owed] = await log.deliveries(work, tenant.tenant_id)
        [attempt] = await log.attempts(work, tenant.tenant_id, owed.delivery_id)
    assert attempt.status == status
    assert owed.state == ("delivered" if status == 200 else "pending")


@pytest.mark.parametrize(
    ("answer", "kept", "state"),
    [
        (Answer(200, 5, head="200 OK\nx: \ud800", body=b"\0", asked="\ud800"), 200, "delivered"),
        (Answer(200, 10**12), None, "delivered"),
        (Answer(10**12, 5, error="\ud800\0"), None, "pending"),
        (Answer(None, 5, error="\ud800\0"), None, "pending"),
    ],
)
async def test_an_answer_that_cannot_be_written_down_is_a_try_all_the_same(
    works: Works, subscription: Subscription, answer: Answer, kept: int | None, state: str
) -> None:
    await owe(works, subscription, "a", "1")
    async with works.begin() as work:
        [claimed] = await outbox.claim(work, Room.for_all(1))
    await settle(works, claimed, answer)
    async with works.begin() as work:
        [owed] = await log.deliveries(work, subscription.tenant_id)
        [attempt] = await log.attempts(work, subscription.tenant_id, owed.delivery_id)
        waits = await log.wait_of(work, owed)
        assert await outbox.claim(work, Room.for_all(1)) == []
    assert attempt.status == kept or state == "delivered"
    assert owed.state == state
    assert (waits.next_try_at is not None) == (state == "pending")


async def test_an_answer_that_text_columns_cannot_hold_is_settled(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher
) -> None:
    async def binary(_: web.Request) -> web.Response:
        return web.Response(body=b"\x00\xff" * 10_000)

    receiver.answers = [binary]
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    async with works.begin() as work:
        [done] = await log.deliveries(work, tenant.tenant_id)
        [attempt] = await log.attempts(work, tenant.tenant_id, done.delivery_id)
    assert done.state == "delivered"
    assert len(attempt.response_body) <= 4_096


async def test_the_heads_of_request_and_answer_are_kept(
    works: Works, tenant: Any, receiver: Any, subscription: Subscription, dispatcher: Dispatcher
) -> None:
    async def telling(_: web.Request) -> web.Response:
        return web.Response(
            status=404, headers={"x-trace": "7" * 5_000, "x-first": "yes"}, text="nothing here"
        )

    receiver.answers = [telling]
    await owe(works, subscription, "a", "1")
    await dispatcher.tick()
    [request] = receiver.requests
    async with works.begin() as work:
        [attempt] = await log.attempts(work, tenant.tenant_id, request.headers["webhook-id"])
    first, *lines = attempt.request_head.splitlines()
    assert first == f"POST {receiver.url}"
    named = {"webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "user-agent"}
    assert {f"{name}: {request.headers[name]}" for name in named} <= set(lines)
    assert attempt.response_head.splitlines()[0] == "404 Not Found"
    assert (len(attempt.response_head), attempt.response_body) == (4_096, "nothing here")


async def test_a_try_without_answer_keeps_what_was_asked(
    works: Works, tenant: Any, dispatcher: Dispatcher
) -> None:
    await owe(works, await subscribed(works, tenant, "http://127.0.0.1:9/pings"), "a", "1")
    await dispatcher.tick()
    async with works.begin() as work:
        [owed] = await log.deliveries(work, tenant.tenant_id)
        [attempt] = await log.attempts(work, tenant.tenant_id, owed.delivery_id)
    assert attempt.request_head.startswith("POST http://127.0.0.1:9/pings\n")
    assert f"webhook-id: {owed.delivery_id}" in attempt.request_head
    assert (attempt.status, attempt.response_head, attempt.response_body) == (None, "", "")
