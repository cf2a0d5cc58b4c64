"""A whole class that leaves at once costs as many statements as a small one, and nobody waits in a circle."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from lessons import Held, held
from sqlalchemy import Engine, event

from app.domain import activities, presence
from app.domain.alarms import queries as alarms
from app.domain.presence.tables import Visit
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import SILENCE, LeaveReason
from app.workers.scheduler import Scheduler


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """All that is sent to the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def empty(live: Held) -> None:
    async with live.works.begin() as work:
        await presence.close_all(
            work, live.tenant_id, live.classroom_id, reason=LeaveReason.ENDED, at=work.now
        )


async def test_many_leave_in_as_many_statements_as_a_few(
    works: Works, tenant: Tenant, statements: list[str]
) -> None:
    taken = []
    for students in (3, 30):
        live = await held(works, tenant, students=students)
        for who in live.students:
            await live.arrive(who)
        statements.clear()
        await empty(live)
        taken.append(len(statements))
        assert (await live.kinds()).count("VisitorLeft") == students
    assert taken[0] == taken[1] < 25


async def test_what_falls_with_somebody_falls_before_that_person_has_left(
    works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    live = await held(works, tenant, students=3)
    for who in live.students:
        await live.arrive(who)
        clock.advance(timedelta(seconds=1))
    first, second, third = (who[2] for who in live.students)
    await live.do(activities.call_up, live.host, whose=first)
    await live.do(activities.raise_hand, live.students[1])
    before = (await live.events())[-1].seq
    await empty(live)
    told = [one for one in await live.events() if one.seq > before]
    assert [(one.kind, one.data.get("participant_id") or one.data["removed"]) for one in told] == [
        ("StageChanged", [first]),
        ("VisitorLeft", first),
        ("HandLowered", second),
        ("VisitorLeft", second),
        ("VisitorLeft", third),
    ]


async def test_a_person_leaves_with_the_last_tab(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    one, other = [await live.arrive(live.students[0], tab) for tab in ("one", "other")]
    third = await live.arrive(live.students[1])
    async with works.begin() as work:
        leaving = [presence.Leaving(visit_id, LeaveReason.LEFT, work.now) for visit_id in (one, third)]
        await presence.close_visits(work, live.tenant_id, live.classroom_id, leaving)
    left = await live.events("VisitorLeft")
    assert [event.data["visit_id"] for event in left] == [third]
    async with works.begin() as work:
        gone = presence.Leaving(other, LeaveReason.DROPPED, work.now)
        await presence.close_visits(work, live.tenant_id, live.classroom_id, [gone, gone])
    left = await live.events("VisitorLeft")
    assert [(event.data["visit_id"], event.data["reason"]) for event in left[1:]] == [(other, "dropped")]


async def test_an_alarm_does_not_wait_for_a_visit_that_is_just_touched(
    works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    live = await held(works, tenant)
    visit_id = await live.arrive(live.students[0])
    clock.advance(SILENCE)
    async with works.begin() as work:
        await work.db.get(Visit, (live.tenant_id, visit_id), with_for_update=True)
        # Whoever touches the visit waits for its alarm next.
        await asyncio.wait_for(Scheduler(works).tick(), 10)
        assert await presence.touch(work, live.tenant_id, visit_id, work.wall)
    async with works.begin() as work:
        following = await alarms.following(work, live.tenant_id)
    assert following is not None
    assert (following.subject, following.due_at) == (visit_id, clock.now() + SILENCE)
    assert await live.kinds() == ["VisitorJoined"]
