"""Messages that were taken are settled together, whatever becomes of each of their lanes meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from owing import enqueue
from sqlalchemy import select

from app.domain import outbox
from app.domain.outbox import Claimed, Notice, Outcome, Taken, Written, log
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Lane, Subscription
from app.domain.tenants import clock as clocks
from app.kit.clock import ManualClock
from app.kit.work import Works

OK = Outcome(200, 5, response_body="fine\0")
URL = "http://127.0.0.1:9/pings"
ON, OFF = Written(goes_on=True, stale=False), Written(goes_on=False, stale=False)


@pytest.fixture
async def subscription(works: Works, tenant: Any) -> Subscription:
    """A receiver that has taken something."""
    async with works.begin() as work:
        made = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", URL)
        made.passed_at = work.now
        return made


async def owe(works: Works, subscription: Subscription, lane: str, *kinds: str) -> None:
    async with works.begin() as work:
        await enqueue(work, subscription, lane, [Notice(kind, kind.encode()) for kind in kinds])


async def claim(works: Works, depth: int = 8) -> list[Claimed]:
    async with works.begin() as work:
        return await outbox.claim(work, Room.for_all(64), depth=depth)


async def settle(works: Works, *claimed: Claimed, go_on: bool = True) -> list[Written | None]:
    async with works.begin() as work:
        return await outbox.settle_taken(work, [Taken(one, OK, go_on) for one in claimed])


async def states(works: Works, tenant: Any) -> dict[str, str]:
    async with works.begin() as work:
        return {one.kind: one.state for one in await log.deliveries(work, tenant.tenant_id)}


async def test_several_messages_of_a_lane_come_together_and_in_order(
    works: Works, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1", "2", "3", "4")
    await owe(works, subscription, "b", "1")
    lanes = await claim(works, depth=3)
    assert [[one.kind for one in (head, *head.following)] for head in lanes] == [["1", "2", "3"], ["1"]]
    assert {one.fence for one in (lanes[0], *lanes[0].following)} == {1}


async def test_an_unproven_receiver_gets_one_message(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", f"{URL}/moved")
    await owe(works, subscription, "a", "1", "2")
    [head] = await claim(works)
    assert head.following == ()


async def test_a_lane_goes_on_under_its_lease_and_is_free_after_its_last_message(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1", "2")
    [head] = await claim(works)
    clock.advance(timedelta(seconds=29))
    assert await settle(works, head) == [Written(goes_on=True, stale=True)]
    # The lease began anew.
    clock.advance(timedelta(seconds=29))
    assert await claim(works) == []
    assert await states(works, tenant) == {"1": "delivered", "2": "pending"}
    [last] = head.following
    assert await settle(works, last) == [Written(goes_on=False, stale=True)]
    assert await states(works, tenant) == {"1": "delivered", "2": "delivered"}
    async with works.begin() as work:
        [attempt] = await log.attempts(work, tenant.tenant_id, last.delivery_id)
    assert (attempt.status, attempt.duration_ms, attempt.response_body) == (200, 5, "fine")
    assert attempt.at == clock.now()
    await owe(works, subscription, "a", "3")
    assert [one.kind for one in await claim(works)] == ["3"]


async def test_a_lane_that_does_not_go_on_is_anybodys(works: Works, subscription: Subscription) -> None:
    await owe(works, subscription, "a", "1", "2")
    [head] = await claim(works)
    assert await settle(works, head, go_on=False) == [OFF]
    [again] = await claim(works)
    assert (again.kind, again.fence) == ("2", head.fence + 1)


async def test_what_was_owed_meanwhile_is_due_when_the_lane_is_let_go(
    works: Works, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    [head] = await claim(works)
    await owe(works, subscription, "a", "2")
    assert await settle(works, head, go_on=False) == [OFF]
    assert [one.kind for one in await claim(works)] == ["2"]


async def test_one_lost_lease_among_many_changes_nothing_and_stops_nobody(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "a1")
    [stale] = await claim(works)
    clock.advance(timedelta(seconds=31))
    await owe(works, subscription, "b", "b1")
    assert len(await claim(works)) == 2
    async with works.begin() as work:
        lane = await work.db.get(Lane, (tenant.tenant_id, subscription.subscription_id, "b"))
        assert lane is not None
        mine = Claimed(
            *(tenant.tenant_id, subscription.subscription_id, "b", lane.fence, False, URL, [], True),
            *(1, "", "b", "b1", b"b1", "", ""),
        )
    assert await settle(works, stale, mine) == [None, Written(goes_on=False, stale=True)]
    assert await states(works, tenant) == {"a1": "pending", "b1": "delivered"}
    # Nor is anything written twice.
    assert await settle(works, mine) == [None]


async def test_a_row_that_somebody_holds_is_left_and_the_others_are_written(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    for lane in ("a", "b"):
        await owe(works, subscription, lane, lane)
    a, b = await claim(works)
    async with works.begin() as work:
        await work.db.scalar(
            select(Lane).where(Lane.tenant_id == tenant.tenant_id, Lane.lane_key == "a").with_for_update()
        )
        assert await settle(works, a, b) == [None, OFF]
    assert await settle(works, a) == [OFF]


async def test_a_receiver_that_was_switched_off_or_moved_gets_no_further_message(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1", "2", "3")
    [head] = await claim(works)
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", f"{URL}/moved")
    assert await settle(works, head) == [OFF]
    [moved] = await claim(works)
    assert (moved.kind, moved.url) == ("2", f"{URL}/moved")
    async with works.begin() as work:
        await outbox.steering.pause(work, tenant.tenant_id, subscription.subscription_id)
    [written] = await settle(works, moved)
    assert written is not None
    assert not written.goes_on
    assert await claim(works) == []
    async with works.begin() as work:
        await outbox.steering.resume(work, tenant.tenant_id, subscription.subscription_id)
    assert [one.kind for one in await claim(works)] == ["3"]


async def test_what_passed_is_noted_of_its_receiver_where_that_is_not_known(
    works: Works, tenant: Any, subscription: Subscription, clock: ManualClock
) -> None:
    await owe(works, subscription, "a", "1")
    [failed] = await claim(works)
    clock.advance(timedelta(minutes=1))
    async with works.begin() as work:
        await outbox.settle(work, failed, Outcome(503, 1))
    clock.advance(timedelta(seconds=5))
    [head] = await claim(works)
    assert await settle(works, head) == [Written(goes_on=False, stale=True)]
    async with works.begin() as work:
        await outbox.mark_well(work, [head])
    async with works.begin() as work:
        [kept] = await log.subscriptions(work, tenant.tenant_id)
    assert (kept.failing_since, kept.parked_until, kept.away_tries) == (None, None, 0)
    assert kept.passed_at == clock.now()


async def test_a_tenant_with_a_clock_of_its_own_is_settled_by_its_time(
    works: Works, tenant: Any, subscription: Subscription
) -> None:
    await owe(works, subscription, "a", "1")
    [head] = await claim(works)
    async with works.begin() as work:
        await clocks.freeze(work, tenant.tenant_id)
    assert await settle(works, head) == [None]
    async with works.begin(tenant.tenant_id) as work:
        assert await outbox.settle(work, head, OK)
