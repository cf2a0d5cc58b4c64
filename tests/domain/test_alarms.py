"""What is due rings: once, in order, at the instant it was due, and again when it failed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from common import START
from school import IN_AN_HOUR, School

from app.domain import alarms
from app.kit.clock import ManualClock
from app.kit.work import Work
from app.workers.chores import CHORES
from app.workers.scheduler import Scheduler

ENDS = IN_AN_HOUR + timedelta(hours=1)


async def moment_of(school: School, classroom: Any, kind: str) -> Any:
    return next(event.at for event in await school.events(classroom) if event.kind == kind)


async def test_a_class_that_nobody_started_expires_at_its_end(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(ENDS - timedelta(seconds=1))
    assert await school.tick() == []
    clock.set(ENDS + timedelta(minutes=7))
    assert await school.tick() == ["expire"]
    assert await school.state(classroom) == "expired"
    assert await moment_of(school, classroom, "ClassroomExpired") == ENDS


async def test_an_edit_moves_what_is_due(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await school.edit(classroom, starts_at=IN_AN_HOUR + timedelta(days=1))
    clock.set(ENDS)
    assert await school.tick() == []
    clock.set(ENDS + timedelta(days=1))
    assert await school.tick() == ["expire"]


async def test_an_expired_class_with_a_new_start_waits_for_it(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(ENDS)
    await school.tick()
    await school.edit(classroom, starts_at=ENDS + timedelta(hours=1))
    assert await school.state(classroom) == "scheduled"
    await school.start(classroom)


async def test_a_lesson_ends_when_its_length_and_the_grace_are_over(
    school: School, clock: ManualClock
) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR)
    await school.start(classroom)
    clock.set(ENDS + timedelta(minutes=14))
    assert await school.tick() == []
    clock.set(ENDS + timedelta(minutes=15))
    assert await school.tick() == ["overtime", "settle"]
    assert await school.state(classroom) == "completed"


async def test_a_longer_duration_moves_the_end_of_a_live_lesson(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR)
    await school.start(classroom)
    await school.edit(classroom, duration_minutes=90)
    clock.set(ENDS + timedelta(minutes=44))
    assert await school.tick() == []
    clock.set(ENDS + timedelta(minutes=45))
    assert await school.tick() == ["overtime", "settle"]


async def test_a_lesson_ends_when_its_room_stayed_empty(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR)
    visit = await school.enter(classroom, await school.seat(classroom))
    await school.start(classroom)
    await school.leave(visit)
    clock.advance(timedelta(minutes=15))
    assert await school.tick() == ["empty", "settle"]
    ended = next(event for event in await school.events(classroom) if event.kind == "LessonEnded")
    assert (ended.data["by"], ended.at) == ("empty", IN_AN_HOUR + timedelta(minutes=15))


async def test_somebody_who_comes_back_keeps_the_lesson_going(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR)
    seat = await school.seat(classroom)
    visit = await school.enter(classroom, seat)
    await school.start(classroom)
    await school.leave(visit)
    clock.advance(timedelta(minutes=14))
    await school.enter(classroom, seat)
    clock.advance(timedelta(seconds=20))
    assert await school.tick() == []


class Notes:
    """A chore that notes what it was called with, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, Any]] = []
        self.failures = 0

    async def chore(self, work: Work, tenant_id: str, subject: str) -> None:
        del tenant_id
        if self.failures:
            self.failures -= 1
            raise LookupError(subject)
        self.rung.append((subject, work.now))


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    notes = Notes()
    monkeypatch.setitem(CHORES, "note", notes.chore)
    return notes


async def wake_at(school: School, subject: str, due_at: Any) -> None:
    async with school.begin() as work:
        await alarms.set_alarm(work, school.tenant_id, "note", subject, due_at=due_at, classroom_id="c")


async def test_alarms_ring_in_order_of_their_time_each_at_its_own_instant(
    school: School, clock: ManualClock, notes: Notes
) -> None:
    for minute in (3, 1, 2):
        await wake_at(school, str(minute), START + timedelta(minutes=minute))
    clock.advance(timedelta(hours=1))
    await school.tick()
    assert notes.rung == [(str(minute), START + timedelta(minutes=minute)) for minute in (1, 2, 3)]


async def test_an_alarm_set_again_rings_at_the_new_time_alone(
    school: School, clock: ManualClock, notes: Notes
) -> None:
    await wake_at(school, "a", START + timedelta(minutes=1))
    await wake_at(school, "a", START + timedelta(minutes=5))
    clock.advance(timedelta(hours=1))
    await school.tick()
    assert notes.rung == [("a", START + timedelta(minutes=5))]


async def test_an_alarm_whose_chore_fails_is_tried_again_after_one_and_two_seconds(
    school: School, clock: ManualClock, notes: Notes
) -> None:
    await wake_at(school, "a", START)
    await wake_at(school, "b", START)
    notes.failures = 1
    assert await school.tick() == ["note"]
    assert [subject for subject, _ in notes.rung] == ["b"]
    notes.failures = 1
    clock.advance(timedelta(seconds=1))
    assert await school.tick() == []
    clock.advance(timedelta(seconds=1.5))
    assert await school.tick() == []
    clock.advance(timedelta(seconds=0.5))
    assert await school.tick() == ["note"]
    assert notes.rung[-1] == ("a", START)


async def test_two_schedulers_at_once_ring_each_alarm_once(
    busy_school: School, clock: ManualClock, notes: Notes
) -> None:
    for minute in range(20):
        await wake_at(busy_school, f"{minute:02}", START + timedelta(minutes=minute))
    clock.advance(timedelta(hours=1))
    first, second = Scheduler(busy_school.works), Scheduler(busy_school.works)
    while sum(await asyncio.gather(first.tick(), second.tick())):
        for one in (first, second):
            assert [alarm.due_at for alarm in one.rung] == sorted(alarm.due_at for alarm in one.rung)
    assert sorted(subject for subject, _ in notes.rung) == [f"{minute:02}" for minute in range(20)]
