from datetime import timedelta
from typing import Any

import pytest
from common import START
from school import IN_AN_HOUR, School

from app.domain import classrooms
from app.domain.classrooms import queries
from app.kit.clock import ManualClock
from app.rules.refusals import (
    AlreadyEnded,
    AlreadyStarted,
    BadValue,
    Invalid,
    NotStarted,
    PastStart,
    UnknownClassroom,
    UnknownUser,
)

WRONG: list[tuple[dict[str, Any], type[Invalid], str]] = [
    ({"starts_at": START - timedelta(minutes=2, seconds=1)}, PastStart, "starts_at"),
    ({"timezone": "Mars/Olympus"}, BadValue, "timezone"),
    ({"title": "  "}, BadValue, "title"),
    ({"title": "A" * 501}, BadValue, "title"),
    ({"duration_minutes": 0}, BadValue, "duration_minutes"),
    ({"duration_minutes": 1441}, BadValue, "duration_minutes"),
    ({"weekdays": (0,)}, BadValue, "weekdays"),
    ({"starts_at": None}, BadValue, "starts_at"),
]


@pytest.mark.parametrize(("wrong", "refusal", "field"), WRONG)
async def test_a_wrong_plan_is_refused_by_its_field_and_nothing_is_written(
    school: School, wrong: dict[str, Any], refusal: type[Invalid], field: str
) -> None:
    owner = await school.user("Ms Teach")
    before = await school.rows()
    with pytest.raises(refusal) as refused:
        await school.classroom(owner, **wrong)
    assert refused.value.field == field
    assert await school.rows() == before


@pytest.mark.parametrize(("wrong", "refusal", "field"), WRONG)
async def test_a_wrong_edit_is_refused_by_its_field_and_nothing_is_changed(
    school: School, wrong: dict[str, Any], refusal: type[Invalid], field: str
) -> None:
    classroom = await school.classroom()
    before = await school.everything()
    with pytest.raises(refusal) as refused:
        await school.edit(classroom, description="New", **wrong)
    assert refused.value.field == field
    assert await school.everything() == before


async def test_two_minutes_past_is_forgiven(school: School) -> None:
    await school.classroom(starts_at=START - timedelta(minutes=2))


async def test_nobody_owns_nothing(school: School) -> None:
    with pytest.raises(UnknownUser):
        await school.classroom("nobody")


async def test_an_edit_of_a_class_whose_start_passed_may_leave_the_start_alone(
    school: School, clock: ManualClock
) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR + timedelta(minutes=10))
    await school.edit(classroom, title="Late")
    with pytest.raises(PastStart):
        await school.edit(classroom, starts_at=START)


async def test_it_starts_once(school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    with pytest.raises(AlreadyStarted):
        await school.start(classroom)
    assert (await school.kinds(classroom)).count("LessonStarted") == 1


async def test_what_did_not_start_does_not_end(school: School) -> None:
    classroom = await school.classroom()
    with pytest.raises(NotStarted):
        await school.end(classroom)


async def test_one_lesson_is_all_of_a_class_that_is_held_once(school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    await school.end(classroom)
    assert await school.state(classroom) == "completed"
    with pytest.raises(AlreadyEnded):
        await school.start(classroom)


async def test_a_standing_class_starts_again_with_another_lesson(school: School) -> None:
    classroom = await school.classroom(kind="standing", starts_at=None)
    first = await school.start(classroom)
    await school.end(classroom)
    assert await school.start(classroom) != first


async def test_cancelling_ends_the_lesson_that_is_live(school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    await school.cancel(classroom)
    assert await school.state(classroom) == "cancelled"
    assert await school.tick() == ["settle"]
    kinds = await school.kinds(classroom)
    assert kinds.index("LessonEnded") < kinds.index("ClassroomCancelled") < kinds.index("AttendanceReady")


async def test_a_cancelled_class_stays_cancelled(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await school.cancel(classroom)
    await school.cancel(classroom)
    with pytest.raises(AlreadyEnded):
        await school.start(classroom)
    clock.advance(timedelta(days=1))
    assert await school.tick() == []
    assert (await school.kinds(classroom)).count("ClassroomCancelled") == 1


async def test_a_completed_class_is_not_cancelled(school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    await school.end(classroom)
    with pytest.raises(AlreadyEnded):
        await school.cancel(classroom)


async def test_deleting_leaves_no_row_of_it(school: School, clock: ManualClock) -> None:
    owner, student = await school.user("Ms Teach"), await school.user("Ada")
    before = await school.rows()
    classroom = await school.classroom(owner)
    await school.enrol(classroom, student)
    seat = await school.seat_of(classroom, student)
    await school.enter(classroom, seat)
    await school.start(classroom)
    await school.say(classroom, seat, "Hello")
    clock.advance(timedelta(minutes=10))
    await school.end(classroom)
    await school.tick()
    assert set(await school.rows()) > set(before)
    async with school.begin() as work:
        await classrooms.delete(work, school.tenant_id, classroom.classroom_id)
    assert await school.rows() == before


async def test_another_school_finds_no_class_of_it(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    before = await school.everything()
    tenant_id, classroom_id = other_school.tenant_id, classroom.classroom_id
    async with other_school.begin() as work:
        for verb in (
            queries.by_id(work, tenant_id, classroom_id),
            classrooms.edit(work, tenant_id, classroom_id, {"title": "Mine"}),
            classrooms.start(work, tenant_id, classroom_id),
            classrooms.end(work, tenant_id, classroom_id, by="me"),
            classrooms.expire(work, tenant_id, classroom_id),
            classrooms.cancel(work, tenant_id, classroom_id),
            classrooms.delete(work, tenant_id, classroom_id),
        ):
            with pytest.raises(UnknownClassroom):
                await verb
    assert await school.everything() == before
