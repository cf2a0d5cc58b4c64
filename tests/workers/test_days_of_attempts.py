"""The log of attempts lies in days, made ahead of time and dropped as a whole."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from common import START, TENANT
from owing import enqueue
from sqlalchemy import select, text

from app.domain import outbox
from app.domain.outbox import Notice, Outcome, days, log
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Attempt
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.keeper import Keep, Keeper

MONTH = Keep(attempts=timedelta(days=30))

DEADLINE = 10


@pytest.fixture
def keeper(works: Works) -> Keeper:
    return Keeper(works, MONTH)


async def tried(works: Works, tenant: Any) -> str:
    """A delivery that was taken at the first try, now; its id."""
    async with works.begin() as work:
        kept = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/")
        await enqueue(work, kept, "a", [Notice("k", b"{}")])
    async with works.begin() as work:
        [claimed] = await outbox.claim(work, Room.for_all(1))
    async with works.begin() as work:
        await outbox.settle(work, claimed, Outcome(200, 1))
    return claimed.delivery_id


async def lies_in(works: Works, delivery_id: str) -> list[str]:
    """The partition that has a delivery's tries."""
    async with works.begin() as work:
        found = await work.db.scalars(
            select(text("tableoid::regclass::text"))
            .select_from(Attempt)
            .where(Attempt.tenant_id == TENANT, Attempt.delivery_id == delivery_id)
        )
        return list(found)


async def names(works: Works) -> list[str]:
    async with works.begin() as work:
        return [f"{day:%m-%d}" for day in await days.made(work)]


async def test_the_migration_makes_today_and_a_week(works: Works) -> None:
    async with works.begin() as work:
        made = await days.made(work)
    today = datetime.now(UTC).date()
    assert {today + timedelta(days=number) for number in range(7)} <= set(made)


async def test_the_keeper_makes_a_week_ahead_each_day(
    works: Works, tenant: Any, keeper: Keeper, clock: ManualClock
) -> None:
    assert await keeper.tick() > 0
    assert await keeper.tick() == 0
    assert await lies_in(works, await tried(works, tenant)) == ["attempts_20260302"]
    clock.advance(timedelta(days=1))
    await keeper.tick()
    assert (await names(works))[:9] == [f"03-{number:02}" for number in range(2, 11)]
    assert await lies_in(works, await tried(works, tenant)) == ["attempts_20260303"]


async def test_a_day_that_nobody_made_stops_no_try_and_takes_them_in_when_it_is_made(
    works: Works, tenant: Any, keeper: Keeper
) -> None:
    delivery_id = await tried(works, tenant)
    assert await lies_in(works, delivery_id) == ["attempts_rest"]
    await keeper.tick()
    assert await lies_in(works, delivery_id) == ["attempts_20260302"]


async def test_old_days_are_dropped_and_what_nobody_made_a_day_for_goes_by_age(
    works: Works, tenant: Any, keeper: Keeper, clock: ManualClock
) -> None:
    unmade = await tried(works, tenant)
    clock.advance(timedelta(days=1))
    await keeper.tick()
    made = await tried(works, tenant)
    clock.advance(timedelta(days=30))
    await keeper.tick()
    async with works.begin() as work:
        assert await log.attempts(work, tenant.tenant_id, unmade) == []
        assert len(await log.attempts(work, tenant.tenant_id, made)) == 1
    clock.advance(timedelta(days=1))
    await keeper.tick()
    async with works.begin() as work:
        assert await log.attempts(work, tenant.tenant_id, made) == []
        assert (await log.delivery(work, tenant.tenant_id, made)).state == "delivered"
    assert "03-03" not in await names(works)


async def test_nothing_goes_where_tries_are_kept_for_ever(
    works: Works, tenant: Any, clock: ManualClock
) -> None:
    keeper = Keeper(works, Keep(attempts=timedelta(0)))
    await keeper.tick()
    delivery_id = await tried(works, tenant)
    clock.advance(timedelta(days=3650))
    await keeper.tick()
    assert await lies_in(works, delivery_id) == ["attempts_20260302"]


async def test_two_keepers_at_once_do_it_once(works: Works, keeper: Keeper) -> None:
    async with works.begin() as held:
        await days.make(held, START.date())
        # The other one has the lock: this one leaves the day to it.
        async with works.begin() as work:
            await days.make(work, START.date())
    async with works.begin() as work:
        assert START.date() in await days.made(work)


async def test_whoever_writes_is_not_stopped_while_a_day_is_made(works: Works, tenant: Any) -> None:
    async with works.begin() as work:
        await days.make(work, START.date())
    async with works.begin() as work:
        await days.make(work, (START + timedelta(days=1)).date())
        delivery_id = await asyncio.wait_for(tried(works, tenant), DEADLINE)
    assert await lies_in(works, delivery_id) == ["attempts_20260302"]
