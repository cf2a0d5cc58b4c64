from datetime import timedelta
from typing import Any

import pytest
from owing import enqueue

from app.domain import outbox, tenants
from app.domain.outbox import Claimed, Notice, Outcome, log
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Lane, Subscription
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import Refusal, UnknownThing

OK = Outcome(200, 5)
URL = "http://127.0.0.1:9/pings"


@pytest.fixture
async def subscription(works: Works, tenant: Any) -> Subscription:
    async with works.begin() as work:
        return await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", URL)


async def owe(works: Works, subscription: Subscription, lane: str, *kinds: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, lane, [Notice(kind, kind.encode()) for kind in kinds])


async def claim(works: Works, limit: int = 64) -> list[Claimed]:
    async with works.begin() as work:
        return await outbox.claim(work, Room.for_all(limit))


async def settle(works: Works, claimed: Claimed, outcome: Outcome = OK) -> bool:
    async with works.begin() as work:
        return await outbox.settle(work, claimed, outcome)


async def states(works: Works, tenant: Any) -> dict[str, str]:
    async with works.begin() as work:
        return {one.kind: one.state for one in await log.deliveries(work, tenant.tenant_id)}


async def lane_of(works: Works, claimed: Claimed) -> dict[str, Any]:
    async with works.begin() as work:
        lane = await work.db.get(Lane, (claimed.tenant_id, claimed.subscription_id, claimed.lane_key))
        assert lane is not None
        return {column.key: getattr(lane, column.key) for column in Lane.__table__.columns}


async def test_a_lane_hands_out_its_head_alone_and_in_order(works: Works, subscription: Subscription) -> None:
    await owe(works, subscription, "a", "1", "2")
    await owe(works, subscription, "a", "3")
    seen = []
    for _ in range(3):
        [head] = await claim(works)
        assert await claim(works) == []
        assert await settle(works, head)
        seen.append(head.body)
    assert seen == [b"1", b"2", b"3"]
    assert await claim(works) == []


async def test_lanes_are_claimed_side_by_side_up_to_the_limit(
    works: Works, subscription: Subscription
) -> None:
    for lane in ("a", "b", "c"):
        await owe(works, subscription, lane, "1")
    first = await claim(works, 2)
    second = await claim(works, 2)
    assert (len(first), len(second)) == (2, 1)
    assert {one.lane_key for one in first + second} == {"a", "b", "c"}


async def test_a_work_that_fails_owes_nothing(works: Works, subscription: Subscription) -> None:
    async def fail() -> None:
        async with works.begin() as work:
            await enqueue(work, subscription, "a", [Notice("1", b"1")])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await claim(works) == []


async def test_kinds_that_were_not_asked_for_are_not_owed(works: Works, tenant: Any) -> None:
    async with works.begin() as work:
        chosen = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", URL, kinds=["b"])
    await owe(works, chosen, "a", "a", "b", "c")
    assert await states(works, tenant) == {"b": "pending"}


async def test_a_lost_lease_settles_nothing(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1")
    [stale] = await claim(works)
    clock.advance(timedelta(seconds=31))
    [fresh] = await claim(works)
    assert (fresh.delivery_id, fresh.fence) == (stale.delivery_id, stale.fence + 1)
    before = await lane_of(works, fresh)
    for outcome in (OK, Outcome(410, 1), Outcome(404, 1), Outcome(None, 1, "gone away")):
        assert not await settle(works, stale, outcome)
    assert await lane_of(works, fresh) == before
    assert await states(works, tenant) == {"1": "pending"}
    async with works.begin() as work:
        [kept] = await log.subscriptions(work, tenant.tenant_id)
    assert (kept.enabled, kept.failing_since) == (True, None)
    assert await settle(works, fresh)
    assert not await settle(works, fresh)


async def test_a_receiver_that_is_away_keeps_its_messages(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1", "2")
    for _ in range(20):
        [head] = await claim(works)
        assert head.body == b"1"
        await settle(works, head, Outcome(503, 1))
        clock.advance(timedelta(minutes=15))
    assert await states(works, tenant) == {"1": "pending", "2": "pending"}
    async with works.begin() as work:
        assert len(await log.attempts(work, tenant.tenant_id, head.delivery_id)) == 20


async def test_an_absence_uses_up_none_of_a_messages_refusals(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1")
    for status in (503, 503, 503, 503, 503, 404, 404, 404, 404):
        [head] = await claim(works)
        await settle(works, head, Outcome(status, 1))
        clock.advance(timedelta(minutes=15))
    assert await states(works, tenant) == {"1": "pending"}


async def test_retry_after_is_honoured(works: Works, subscription: Subscription, clock: ManualClock) -> None:
    await owe(works, subscription, "a", "1")
    [head] = await claim(works)
    await settle(works, head, Outcome(429, 1, retry_after=timedelta(minutes=10)))
    clock.advance(timedelta(seconds=599))
    assert await claim(works) == []
    clock.advance(timedelta(seconds=1))
    assert len(await claim(works)) == 1


async def test_410_disables_with_a_reason_and_subscribing_again_goes_on(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    await owe(works, subscription, "b", "2")
    [head] = await claim(works, 1)
    await settle(works, head, Outcome(410, 1))
    async with works.begin() as work:
        [off] = await log.subscriptions(work, tenant.tenant_id)
    assert not off.enabled
    assert "410" in (off.disabled_reason or "")
    await owe(works, off, "b", "3")
    assert await claim(works) == []
    async with works.begin() as work:
        on = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", URL)
    assert (on.enabled, on.disabled_reason, on.secret) == (True, None, subscription.secret)
    assert {one.body for one in await claim(works)} == {b"1", b"2"}


@pytest.mark.parametrize("status", [200, 404, 503])
async def test_nothing_goes_to_a_url_that_410_switched_off_meanwhile(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock, status: int
) -> None:
    await owe(works, subscription, "a", "1")
    await owe(works, subscription, "b", "2", "3")
    first, second = sorted(await claim(works), key=lambda one: one.lane_key)
    await settle(works, first, Outcome(410, 1))
    await settle(works, second, Outcome(status, 1))
    clock.advance(timedelta(days=1))
    assert await claim(works) == []


async def test_a_resent_delivery_keeps_its_id_and_bytes(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1", "2")
    [head] = await claim(works)
    await settle(works, head)
    async with works.begin() as work:
        await outbox.resend(work, tenant.tenant_id, head.delivery_id)
    again = {one.delivery_id: one.body for one in await claim(works)}
    assert again[head.delivery_id] == b"1"
    assert sorted(again.values()) == [b"1", b"2"]


async def test_resending_what_waits_or_is_unknown_is_refused(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    [head] = await claim(works)
    with pytest.raises(Refusal):
        async with works.begin() as work:
            await outbox.resend(work, tenant.tenant_id, head.delivery_id)
    with pytest.raises(UnknownThing):
        async with works.begin() as work:
            await outbox.resend(work, tenant.tenant_id, "nothing")


async def test_another_tenant_sees_and_resends_nothing_of_it(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    [head] = await claim(works)
    await settle(works, head)
    async with works.begin() as work:
        other = await tenants.create(work, "Other school", tenant_id="otherschool000000000")
    async with works.begin() as work:
        assert list(await log.deliveries(work, other.tenant_id)) == []
        with pytest.raises(UnknownThing):
            await outbox.resend(work, other.tenant_id, head.delivery_id)


async def test_unsubscribing_and_removing_the_tenant_drop_what_is_owed(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    async with works.begin() as work:
        await outbox.unsubscribe(work, tenant.tenant_id, "merithub", "status")
    assert await claim(works) == []
    async with works.begin() as work:
        again = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", URL)
    await owe(works, again, "a", "2")
    async with works.begin() as work:
        await tenants.delete(work, tenant.tenant_id)
    assert await claim(works) == []
