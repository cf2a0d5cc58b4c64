"""A person is erased in all classes at once: with the statements of one, and nobody waits in a circle."""

import asyncio
from typing import Any

import pytest
from school import School
from test_erasure import IP, delivered

from app.domain import events, feeds, participants, recordings
from app.domain.classrooms import queries as rooms
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.domain.feeds import erasing
from app.domain.participants import queries as seats
from app.domain.recordings import films
from app.kit.clock import ManualClock
from app.rules.takes import TakePlan

MANY = 12
ROOM: dict[str, Any] = {"kind": "reserved", "linger_seconds": 600, "starts_at": None}
ENDS = ("BEGIN", "COMMIT", "SELECT pg_notify")


async def held(school: School, clock: ManualClock, user_id: str, number: int) -> Classroom:
    """A lesson in which the user was and spoke; every other one in a room with a feed."""
    plan = ROOM | {"reference": f"{user_id} {number}"} if number % 2 else {"starts_at": clock.now()}
    return await school.hold(user_id, clock, ip=IP, **plan)


async def filmed(school: School, classroom: Classroom) -> None:
    """Record in the classroom, and make the film of it."""
    where = (school.tenant_id, classroom.classroom_id)
    async with school.begin() as work:
        await recordings.start_take(work, *where, TakePlan(), length=None)
    async with school.begin() as work:
        await recordings.stop_take(work, *where)
    async with school.begin() as work:
        job = await films.claim(work)
        assert job is not None
        (upload,) = await films.uploads(work, job, 1)
        await films.settle(work, job, [films.Piece(upload, 1000, 3)])


async def erase(school: School, user_id: str) -> None:
    async with school.begin() as work:
        await recordings.erase_user(work, school.tenant_id, user_id)


async def all_wait(school: School, *tasks: "asyncio.Task[None]") -> None:
    """Return when so many transactions wait for others, as there are tasks."""
    async with asyncio.timeout(10):
        while await school.waiting() < len(tasks):
            assert not any(task.done() for task in tasks)


async def test_somebody_is_erased_in_twelve_classes_with_the_statements_of_one(
    busy_school: School, clock: ManualClock, sent_to_databases: list[str]
) -> None:
    school, taken = busy_school, []
    # Whoever asks first on a connection learns its types.
    for classes in (1, 1, MANY):
        user_id = await school.user("Ada Lovelace")
        for number in range(1, classes + 1):
            await held(school, clock, user_id, number)
        sent_to_databases.clear()
        await erase(school, user_id)
        taken.append([one for one in sent_to_databases if not one.startswith(ENDS)])
    assert taken[1] == taken[2]
    assert len(taken[2]) <= 16


async def test_many_seats_are_taken_away_with_the_statements_of_a_few(
    busy_school: School, sent_to_databases: list[str]
) -> None:
    school, taken = busy_school, []
    for count in (2, 2, MANY):
        classroom = await school.classroom()
        people = [await school.user(f"Person {number}") for number in range(count)]
        await school.enrol(classroom, *people)
        sent_to_databases.clear()
        async with school.begin() as work:
            await participants.remove_many(work, school.tenant_id, classroom.classroom_id, people)
        taken.append(len(sent_to_databases))
        assert (await school.kinds(classroom)).count("ParticipantRemoved") == count
    assert taken[1] == taken[2] <= 8


async def test_all_is_forgotten_in_each_of_several_classes_and_numbered_on(
    school: School, clock: ManualClock
) -> None:
    ada, bob = await school.user("Ada Lovelace"), await school.user("Bob")
    both = [await held(school, clock, ada, number) for number in range(4)]
    other = await held(school, clock, bob, 1)
    mine = {one.classroom_id: await school.seat_of(one, ada) for one in both}
    last = {one.classroom_id: (await school.events(one))[-1].seq for one in (*both, other)}
    await delivered(school)
    pings = (await school.rows())["deliveries"]
    await erase(school, ada)
    rows, lines = await school.rows(), (await school.everything()).splitlines()
    assert 0 < rows["deliveries"] == rows["attempts"] < pings
    assert [one for one in lines if "Ada Lovelace" in one or (ada in one and one.startswith("deliv"))] == []
    for classroom in both:
        *_, removed = await school.events(classroom)
        assert (removed.kind, removed.seq) == ("ParticipantRemoved", last[classroom.classroom_id] + 1)
        assert removed.data == {"participant_id": mine[classroom.classroom_id], "user_id": ada}
        assert {event.data["text"] for event in await school.events(classroom) if "text" in event.data} == {
            ""
        }
        assert (await school.report(classroom))[ada]["ip"] == ""
    assert (await school.events(other))[-1].seq == last[other.classroom_id]
    assert (await school.report(other))[bob]["ip"] == IP


async def test_the_films_of_all_classes_are_gone_and_made_again(school: School) -> None:
    ada = await school.user("Ada")
    theirs, other = [await school.classroom() for _ in range(3)], await school.classroom()
    for classroom in (*theirs, other):
        await filmed(school, classroom)
    for classroom in theirs:
        await school.enrol(classroom, ada)
    await erase(school, ada)
    rows = await school.rows()
    assert (rows["take_files"], rows["leftovers"]) == (1, 3)
    async with school.begin() as work:
        due = [job.take.classroom_id for _ in theirs if (job := await films.claim(work)) is not None]
        assert await films.claim(work) is None
    assert sorted(due) == sorted(one.classroom_id for one in theirs)


async def test_a_feed_forgets_in_parts_also_whom_customers_call_strangely(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    name = 'ada "the \\ one" é'
    ada, place = await school.user("Ada", external_id=name), await school.classroom()
    await school.enrol(place, ada)
    where = (school.tenant_id, place.classroom_id)
    said = [(name, "Ada"), (name, "Ada"), ("bob", "Bob"), (name, "Ada"), (name, "Ada"), (name, "Ada")]
    items = [feeds.Item(1, {"from": {"userUuid": who, "userName": called}}) for who, called in said]
    async with school.begin() as work:
        await feeds.append(work, *where, "room", items)
    await erase(school, ada)
    async with school.begin() as work:
        page = await feeds.page(work, *where)
    told = [one.body["from"] for one in page.entries]
    assert told == [{"userUuid": who, "userName": "Bob" if who == "bob" else ""} for who, _ in said]


async def test_two_who_share_classes_are_erased_at_once(busy_school: School) -> None:
    school = busy_school
    people = [await school.user(name) for name in ("Ada", "Bob")]
    shared = [await school.classroom() for _ in range(6)]
    for classroom in shared:
        await school.enrol(classroom, *people)
    async with school.begin() as work:
        await rooms.locked(work, school.tenant_id, min(one.classroom_id for one in shared))
        tasks = [asyncio.create_task(erase(school, one)) for one in people]
        await all_wait(school, *tasks)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    for classroom in shared:
        told = (await school.events(classroom))[-2:]
        assert {event.data["user_id"] for event in told} == set(people)


async def test_whoever_holds_a_seat_may_tell_of_it_while_the_person_is_erased(busy_school: School) -> None:
    school = busy_school
    ada, classroom = await school.user("Ada"), await school.classroom()
    await school.enrol(classroom, ada)
    seat = await school.seat_of(classroom, ada)
    async with school.begin() as work:
        await seats.hold_all(work, school.tenant_id, [seat])
        task = asyncio.create_task(erase(school, ada))
        await all_wait(school, task)
        event = kinds.BoardCleared(1, seat)
        async with asyncio.timeout(10):
            await events.record(work, school.tenant_id, classroom.classroom_id, event)
    await asyncio.wait_for(task, 10)
    assert (await school.kinds(classroom))[-2:] == ["BoardCleared", "ParticipantRemoved"]
