"""Lessons that both sides start: their clock runs while both are there, and one left alone has a minute."""

from datetime import timedelta

import pytest
from school import School
from sqlalchemy import select

from app.domain import enquiries, joint, participants
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom
from app.domain.enquiries.tables import Enquiry
from app.domain.users import UserDraft
from app.domain.users import queries as users
from app.kit.clock import ManualClock
from app.rules.refusals import AlreadyStarted
from app.rules.seats import SeatRole

LATE = timedelta(seconds=61)


class Tutoring:
    """A tutor and a student at the token ABC123."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.seats: dict[str, str] = {}
        self.visits: dict[str, str] = {}

    async def called(self) -> Classroom:
        async with self.school.begin() as work:
            return await joint.called(work, self.school.tenant_id, "ABC123", "callback")

    async def come(self, name: str, role: SeatRole = SeatRole.PARTICIPANT) -> None:
        room = await self.called()
        async with self.school.begin() as work:
            room = await rooms.by_id(work, room.tenant_id, room.classroom_id)
            seat = await participants.admit(work, room, UserDraft(name, external_id=name), role)
            self.seats[name] = seat.participant_id
        self.visits[name] = await self.school.enter(room, self.seats[name], name)

    async def stay(self, clock: ManualClock, span: timedelta) -> None:
        """Time passes, and everybody gives signs of life."""
        clock.advance(span)
        for visit in self.visits.values():
            await self.school.touch(visit)

    async def go(self, name: str) -> None:
        await self.school.leave(self.visits[name])

    async def press(self, name: str) -> bool:
        room = await self.called()
        async with self.school.begin() as work:
            return await joint.press_start(work, room.tenant_id, room.classroom_id, self.seats[name])

    async def start(self) -> None:
        room = await self.called()
        async with self.school.begin() as work:
            await joint.start_together(work, room.tenant_id, room.classroom_id)

    async def end(self, name: str) -> None:
        room = await self.called()
        async with self.school.begin() as work:
            await joint.end_jointly(work, room.tenant_id, room.classroom_id, self.seats[name])

    async def told(self) -> list[tuple[str, int | None]]:
        """What happened to the lesson, with the seconds of the stretch that was over."""
        room = await self.called()
        events = await self.school.events(room)
        return [(one.kind, one.data.get("seconds")) for one in events if one.kind.startswith("Lesson")]


@pytest.fixture
async def tutoring(school: School) -> Tutoring:
    both = Tutoring(school)
    await both.come("tutor", SeatRole.HOST)
    await both.come("student")
    return both


async def test_a_token_names_one_classroom_whoever_comes_first(school: School, other_school: School) -> None:
    first, again = await Tutoring(school).called(), await Tutoring(school).called()
    assert first.classroom_id == again.classroom_id
    assert (await Tutoring(other_school).called()).classroom_id != first.classroom_id


async def test_the_customer_is_asked_once_when_both_sides_are_ready(tutoring: Tutoring) -> None:
    await tutoring.come("second student")
    assert not await tutoring.press("student")
    assert not await tutoring.press("second student")
    assert await tutoring.press("tutor")
    assert not await tutoring.press("student")


async def test_who_leaves_is_not_ready_any_more(tutoring: Tutoring) -> None:
    await tutoring.press("student")
    await tutoring.go("student")
    assert not await tutoring.press("tutor")
    await tutoring.come("student")
    assert await tutoring.press("student")


async def test_a_refusal_lets_both_press_again(tutoring: Tutoring) -> None:
    await tutoring.press("student")
    await tutoring.press("tutor")
    room = await tutoring.called()
    async with tutoring.school.begin() as work:
        await joint.refuse_start(work, room.tenant_id, room.classroom_id, "no credit")
    assert not await tutoring.press("tutor")
    assert await tutoring.press("student")
    assert await tutoring.told() == []


async def test_a_lost_side_stops_the_clock_and_a_return_within_a_minute_goes_on(
    tutoring: Tutoring, clock: ManualClock
) -> None:
    await tutoring.start()
    await tutoring.stay(clock, timedelta(minutes=10))
    await tutoring.go("student")
    await tutoring.stay(clock, timedelta(seconds=40))
    await tutoring.school.tick()
    await tutoring.come("student")
    clock.advance(timedelta(minutes=5, seconds=1))
    await tutoring.end("tutor")
    assert await tutoring.told() == [
        ("LessonStarted", None),
        ("LessonInterrupted", 600),
        ("LessonResumed", None),
        ("LessonEnded", 301),
    ]
    room = await tutoring.called()
    async with tutoring.school.begin() as work:
        [lesson] = await rooms.lessons(work, room.tenant_id, room.classroom_id)
    assert lesson.counted_seconds == 901


async def test_a_minute_alone_is_the_end_and_the_token_can_be_started_again(
    tutoring: Tutoring, clock: ManualClock
) -> None:
    await tutoring.start()
    clock.advance(timedelta(minutes=10))
    await tutoring.go("tutor")
    clock.advance(LATE)
    await tutoring.school.tick()
    await tutoring.come("tutor", SeatRole.HOST)
    events = await tutoring.school.events(await tutoring.called())
    assert [one.data["by"] for one in events if one.kind == "LessonEnded"] == ["crash"]
    # A crash puts everybody out; the student comes again too.
    await tutoring.come("student")
    await tutoring.press("tutor")
    assert await tutoring.press("student")
    await tutoring.start()
    clock.advance(timedelta(seconds=5))
    await tutoring.end("student")
    assert (await tutoring.told())[-2:] == [("LessonStarted", None), ("LessonEnded", 5)]


async def test_losing_both_sides_is_one_interruption(tutoring: Tutoring, clock: ManualClock) -> None:
    await tutoring.start()
    clock.advance(timedelta(seconds=30))
    await tutoring.go("student")
    clock.advance(timedelta(seconds=10))
    await tutoring.go("tutor")
    await tutoring.come("student")
    clock.advance(timedelta(seconds=10))
    await tutoring.come("tutor", SeatRole.HOST)
    assert await tutoring.told() == [
        ("LessonStarted", None),
        ("LessonInterrupted", 30),
        ("LessonResumed", None),
    ]


async def test_one_of_two_students_may_go(tutoring: Tutoring, clock: ManualClock) -> None:
    await tutoring.come("second student")
    await tutoring.start()
    clock.advance(timedelta(seconds=30))
    await tutoring.go("student")
    assert await tutoring.told() == [("LessonStarted", None)]


async def test_ending_while_one_side_is_away_counts_nothing_twice(
    tutoring: Tutoring, clock: ManualClock
) -> None:
    await tutoring.start()
    clock.advance(timedelta(seconds=30))
    await tutoring.go("student")
    clock.advance(timedelta(seconds=20))
    await tutoring.end("tutor")
    assert (await tutoring.told())[1:] == [("LessonInterrupted", 30), ("LessonEnded", 0)]
    clock.advance(LATE)
    assert "crash" not in await tutoring.school.tick()


async def test_a_live_lesson_cannot_be_started_again(tutoring: Tutoring) -> None:
    await tutoring.start()
    with pytest.raises(AlreadyStarted):
        await tutoring.press("student")


async def test_who_went_while_the_customer_was_asked_has_a_minute_too(
    tutoring: Tutoring, clock: ManualClock
) -> None:
    await tutoring.go("student")
    await tutoring.start()
    assert await tutoring.told() == [("LessonStarted", None), ("LessonInterrupted", 0)]
    clock.advance(LATE)
    await tutoring.school.tick()
    assert (await tutoring.told())[-1] == ("LessonEnded", 0)


async def test_of_an_erased_person_no_answer_of_the_customer_is_kept(school: School) -> None:
    tutoring = Tutoring(school)
    await tutoring.come("student")
    async with school.begin() as work:
        await enquiries.note(
            work,
            school.tenant_id,
            "connect_lesson",
            endpoint="callback",
            reference="ABC123",
            person="student",
            granted=True,
            status=200,
            duration_ms=1,
            why="",
            response='{"full_name": "John Smith"}',
        )
    async with school.begin() as work:
        found = await users.find(work, school.tenant_id, "student")
        await participants.erase_user(work, school.tenant_id, found[0].user_id)
    async with school.begin() as work:
        [kept] = await work.db.scalars(select(Enquiry).where(Enquiry.tenant_id == school.tenant_id))
        assert (kept.kind, kept.person, kept.response) == ("connect_lesson", "", "")
