import asyncio

import pytest
from school import School

from app.domain import events
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.rules.refusals import AlreadyStarted


async def note(school: School, classroom: Classroom, name: str) -> int:
    async with school.begin() as work:
        event = kinds.ParticipantRemoved(name, name)
        return await events.record(work, school.tenant_id, classroom.classroom_id, event)


async def test_twenty_five_writers_at_once_get_numbers_without_a_gap_in_order_of_commit(
    busy_school: School,
) -> None:
    classroom = await busy_school.classroom()
    committed: list[int] = []

    async def write(number: int) -> None:
        committed.append(await note(busy_school, classroom, str(number)))

    await asyncio.gather(*(write(number) for number in range(25)))
    found = [event.seq for event in await busy_school.events(classroom)]
    assert found == list(range(1, len(found) + 1))
    assert sorted(committed) == found[-25:]


async def test_a_number_is_seen_only_after_all_lower_ones(busy_school: School) -> None:
    classroom = await busy_school.classroom()
    async with busy_school.begin() as work:
        event = kinds.ParticipantRemoved("slow", "slow")
        await events.record(work, busy_school.tenant_id, classroom.classroom_id, event)
        second = asyncio.create_task(note(busy_school, classroom, "fast"))
        async with asyncio.timeout(10):
            while not await busy_school.waiting():
                assert not second.done()
    await second
    names = [event.data["user_id"] for event in (await busy_school.events(classroom))[-2:]]
    assert names == ["slow", "fast"]


async def test_what_is_refused_takes_no_number(school: School) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    with pytest.raises(AlreadyStarted):
        await school.start(classroom)
    await school.end(classroom)
    assert [event.seq for event in await school.events(classroom)] == [1, 2, 3]


async def test_each_classroom_counts_for_itself(school: School, other_school: School) -> None:
    for classroom in (await school.classroom(), await school.classroom()):
        assert [event.seq for event in await school.events(classroom)] == [1]
        assert list(await other_school.events(classroom)) == []
