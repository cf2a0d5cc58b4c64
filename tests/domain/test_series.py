"""A standing class with a schedule, over weeks, on a clock that is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import classrooms, users
from app.domain.classrooms import queries
from app.domain.classrooms.plan import ClassroomPlan
from app.domain.classrooms.tables import Classroom
from app.domain.events import queries as ledger
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import AlreadyEnded, NotItsTime
from app.workers.scheduler import Scheduler

MONDAY_NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def weekly(works: Works, tenant: Tenant, **plan: object) -> Classroom:
    async with works.begin() as work:
        teacher = await users.add(work, tenant.tenant_id, UserDraft("Ms Teach"))
        values = {"starts_at": MONDAY_NINE, "weekdays": (1,)} | plan
        return await classrooms.schedule(
            work,
            tenant.tenant_id,
            teacher.user_id,
            ClassroomPlan(title="Algebra", timezone="UTC", kind="standing", **values),  # type: ignore[arg-type]
        )


async def kinds_of(works: Works, classroom: Classroom) -> list[str]:
    async with works.begin() as work:
        found = await ledger.after(work, classroom.tenant_id, classroom.classroom_id, 0)
        return [event.kind for event in found]


async def start(works: Works, classroom: Classroom) -> datetime:
    async with works.begin() as work:
        lesson = await classrooms.start(work, classroom.tenant_id, classroom.classroom_id)
        return lesson.planned_at


async def end(works: Works, classroom: Classroom) -> None:
    async with works.begin() as work:
        await classrooms.end(work, classroom.tenant_id, classroom.classroom_id, by="host")


async def state_of(works: Works, classroom: Classroom) -> str:
    async with works.begin() as work:
        return (await queries.by_id(work, classroom.tenant_id, classroom.classroom_id)).state


async def test_it_starts_at_its_times_only(works: Works, clock: ManualClock, tenant: Tenant) -> None:
    classroom = await weekly(works, tenant)
    with pytest.raises(NotItsTime) as refused:
        await start(works, classroom)
    assert refused.value.following == MONDAY_NINE
    clock.set(MONDAY_NINE - timedelta(minutes=10))
    assert await start(works, classroom) == MONDAY_NINE
    await end(works, classroom)
    clock.set(MONDAY_NINE + timedelta(days=7, minutes=30))
    assert await start(works, classroom) == MONDAY_NINE + timedelta(days=7)


async def test_a_skipped_lesson_counts_and_the_series_completes_after_its_last(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    classroom = await weekly(works, tenant, occurrences=2)
    clock.set(MONDAY_NINE)
    await start(works, classroom)
    clock.set(MONDAY_NINE + timedelta(minutes=30))
    await end(works, classroom)
    clock.set(MONDAY_NINE + timedelta(days=7, hours=1))
    assert await Scheduler(works).tick() > 0
    assert await state_of(works, classroom) == "completed"
    assert (await kinds_of(works, classroom))[-1] == "SeriesEnded"
    with pytest.raises(AlreadyEnded):
        await start(works, classroom)


async def test_a_lesson_that_runs_over_the_end_of_the_series_completes_it_when_it_ends(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    classroom = await weekly(works, tenant, occurrences=1)
    clock.set(MONDAY_NINE)
    await start(works, classroom)
    clock.set(MONDAY_NINE + timedelta(minutes=65))
    await Scheduler(works).tick()
    assert await state_of(works, classroom) == "live"
    await end(works, classroom)
    assert await state_of(works, classroom) == "completed"
    kinds = await kinds_of(works, classroom)
    assert kinds.index("LessonEnded") < kinds.index("SeriesEnded")


async def test_without_a_schedule_the_number_of_lessons_held_ends_it(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    classroom = await weekly(works, tenant, starts_at=None, weekdays=(), occurrences=2)
    for expected in ("scheduled", "completed"):
        await start(works, classroom)
        await end(works, classroom)
        assert await state_of(works, classroom) == expected


async def test_an_edit_moves_the_end_of_the_series(works: Works, clock: ManualClock, tenant: Tenant) -> None:
    classroom = await weekly(works, tenant, occurrences=1)
    async with works.begin() as work:
        await classrooms.edit(work, tenant.tenant_id, classroom.classroom_id, {"occurrences": 3})
    clock.set(MONDAY_NINE + timedelta(days=8))
    await Scheduler(works).tick()
    assert await state_of(works, classroom) == "scheduled"
    clock.set(MONDAY_NINE + timedelta(days=15))
    await Scheduler(works).tick()
    assert await state_of(works, classroom) == "completed"
