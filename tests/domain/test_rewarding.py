"""Rewards, on PostgreSQL."""

import asyncio

import pytest
from lessons import Held, held

from app.domain import activities
from app.domain.activities.actor import SERVER
from app.domain.presence import queries as visits
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.refusals import BadValue, NotAllowed


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


async def stars(live: Held) -> dict[str, int]:
    async with live.works.begin() as work:
        return {
            one.participant_id: one.rewards
            for one in await visits.people(work, live.tenant_id, live.classroom_id)
        }


async def test_rewards_are_counted_exactly_with_many_giving_at_once(live: Held) -> None:
    one, two = (seat[2] for seat in live.students)
    for who in live.students:
        await live.arrive(who)
    given = [
        live.do(activities.reward, who, changes={one: 1, two: 2} if n % 2 else {two: 2, one: 1})
        for n, who in enumerate([live.host, live.moderator, (*live.host[:2], SERVER)] * 4)
    ]
    await asyncio.gather(*given)
    assert await stars(live) == {one: 12, two: 24}
    rows = [row for event in await live.events("RewardsChanged") for row in event.data["rewards"]]
    for whose, each in ((one, 1), (two, 2)):
        told = [(row["changed"], row["total"]) for row in rows if row["participant_id"] == whose]
        assert told == [(each, each * n) for n in range(1, 13)]


async def test_rewards_outlast_leaving_and_the_lesson(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.reward, live.host, changes={student[2]: 3})
    await live.end()
    again = await live.again()
    await again.arrive(student)
    assert await stars(again) == {student[2]: 3}
    async with live.works.begin() as work:
        joined = (await visits.people(work, live.tenant_id, live.classroom_id))[0]
    assert joined.rewards == 3
    assert (await again.events("VisitorJoined"))[0].data["rewards"] == 3


async def test_one_wrong_change_leaves_all_as_they_were(live: Held) -> None:
    one, two = (seat[2] for seat in live.students)
    for wrong in ({one: 1, two: -1}, {one: 1, "nobody": 1}, {one: 0}):
        with pytest.raises(BadValue):
            await live.do(activities.reward, live.host, changes=wrong)
    assert await live.kinds() == []
    with pytest.raises(NotAllowed):
        await live.do(activities.reward, live.students[0], changes={one: 1})
