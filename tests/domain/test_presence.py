from datetime import timedelta

from school import IN_AN_HOUR, School

from app.kit.clock import ManualClock


async def test_two_tabs_are_one_person(school: School) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom, "Ada")
    first, second = await school.enter(classroom, seat, "one"), await school.enter(classroom, seat, "two")
    assert await school.people(classroom) == ["Ada"]
    await school.leave(first)
    assert await school.people(classroom) == ["Ada"]
    await school.leave(second)
    assert await school.people(classroom) == []
    comings = [kind for kind in await school.kinds(classroom) if kind.startswith("Visitor")]
    assert comings == ["VisitorJoined", "VisitorLeft"]


async def test_people_stand_in_order_of_arrival(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    for name in ("Cleo", "Ada", "Bob"):
        await school.enter(classroom, await school.seat(classroom, name))
        clock.advance(timedelta(seconds=1))
    assert await school.people(classroom) == ["Cleo", "Ada", "Bob"]


async def test_a_tab_opened_again_takes_the_place_of_its_earlier_visit(school: School) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom, "Ada")
    first = await school.enter(classroom, seat, "one")
    second = await school.enter(classroom, seat, "one")
    assert not await school.touch(first)
    assert await school.touch(second)


async def test_a_silent_visit_ended_at_its_last_sign_of_life(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    visit = await school.enter(classroom, await school.seat(classroom, "Ada"))
    clock.advance(timedelta(seconds=20))
    await school.touch(visit)
    seen = clock.now()
    clock.advance(timedelta(minutes=5))
    await school.tick()
    left = (await school.events(classroom))[-1]
    assert (left.kind, left.data["reason"]) == ("VisitorLeft", "dropped")
    assert left.data["left_at"] == seen.isoformat().replace("+00:00", "Z")
    assert await school.people(classroom) == []


async def test_signs_of_life_keep_a_visit_open(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    visit = await school.enter(classroom, await school.seat(classroom, "Ada"))
    for _ in range(6):
        clock.advance(timedelta(seconds=20))
        assert await school.touch(visit)
        await school.tick()
    assert await school.people(classroom) == ["Ada"]


async def test_leaving_twice_is_leaving_once(school: School) -> None:
    classroom = await school.classroom()
    visit = await school.enter(classroom, await school.seat(classroom, "Ada"))
    await school.leave(visit)
    await school.leave(visit)
    assert (await school.kinds(classroom)).count("VisitorLeft") == 1


async def test_the_end_of_the_lesson_puts_everybody_out(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    clock.set(IN_AN_HOUR)
    await school.enter(classroom, await school.seat(classroom, "Ada"))
    await school.enter(classroom, await school.seat(classroom, "Bob"))
    await school.start(classroom)
    clock.advance(timedelta(seconds=10))
    await school.end(classroom)
    await school.tick()
    assert await school.people(classroom) == []
    reasons = [e.data["reason"] for e in await school.events(classroom) if e.kind == "VisitorLeft"]
    assert reasons == ["ended", "ended"]


async def test_another_schools_visit_is_not_touched(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    visit = await school.enter(classroom, await school.seat(classroom, "Ada"))
    assert not await other_school.touch(visit)
    await other_school.leave(visit)
    assert await school.people(classroom) == ["Ada"]
