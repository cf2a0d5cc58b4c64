from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from school import School
from sqlalchemy import text

from app.domain.activities import queries
from app.domain.activities.service import gather_chat
from app.domain.classrooms import queries as classrooms
from app.kit.clock import ManualClock
from app.kit.work import Work
from app.rules.refusals import BadValue, LinkGone, UnknownClassroom

MUCH_SAID = """
INSERT INTO messages
SELECT (jsonb_populate_record(one, jsonb_build_object('message_id', n, 'seq', 100 + n))).*
FROM messages AS one, generate_series(1, 5000) AS n
WHERE one.tenant_id = :tenant AND to_participant_id IS NULL
"""


async def heard(school: School, classroom_id: str, lesson_id: str | None, by: str) -> list[str]:
    async with school.begin() as work:
        lines = await queries.recent(work, school.tenant_id, classroom_id, lesson_id, [by])
        return [line.text for line in lines[by]]


async def test_what_was_said_while_waiting_counts_to_the_lesson(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom)
    visit = await school.enter(classroom, seat)
    await school.say(classroom, seat, "Is anybody there?")
    clock.advance(timedelta(seconds=5))
    lesson_id = await school.start(classroom)
    await school.say(classroom, seat, "Good morning")
    clock.advance(timedelta(minutes=5))
    await school.leave(visit)
    await school.end(classroom)
    await school.tick()
    async with school.begin() as work:
        said = await queries.transcript(work, school.tenant_id, classroom.classroom_id, lesson_id)
    assert [line.text for line in said.public] == ["Is anybody there?", "Good morning"]
    assert (await school.report(classroom))[classroom.owner_id]["messages"] == 2


async def test_a_private_message_is_seen_by_two_only(school: School) -> None:
    classroom = await school.classroom()
    host = await school.seat(classroom)
    ada, bob = await school.seat(classroom, "Ada"), await school.seat(classroom, "Bob")
    lesson_id = await school.start(classroom)
    await school.say(classroom, ada, "Psst", to=host)
    await school.say(classroom, host, "Yes?", to=ada)
    await school.say(classroom, bob, "Hello all")
    for reader, expected in (
        (host, ["Psst", "Yes?", "Hello all"]),
        (ada, ["Psst", "Yes?", "Hello all"]),
        (bob, ["Hello all"]),
    ):
        assert await heard(school, classroom.classroom_id, lesson_id, reader) == expected
    async with school.begin() as work:
        said = await queries.transcript(work, school.tenant_id, classroom.classroom_id, lesson_id)
    assert [line.text for line in said.public] == ["Hello all"]
    assert {pair: [line.text for line in lines] for pair, lines in said.private.items()} == {
        tuple(sorted((host, ada))): ["Psst", "Yes?"]
    }


async def test_who_spoke_in_private_is_known_by_lesson_the_first_thread_first(school: School) -> None:
    classroom = await school.classroom()
    host = await school.seat(classroom)
    ada, bob = await school.seat(classroom, "Ada"), await school.seat(classroom, "Bob")
    await school.say(classroom, ada, "While we wait", to=bob)
    first = await school.start(classroom)
    await school.say(classroom, bob, "Psst", to=host)
    await school.say(classroom, ada, "Psst", to=host)
    await school.say(classroom, host, "Yes?", to=bob)
    await school.say(classroom, ada, "Hello all")
    other = await school.classroom()
    there = [await school.seat(other), await school.seat(other, "Eve")]
    await school.start(other)
    await school.say(other, there[0], "Elsewhere", to=there[1])
    async with school.begin() as work:
        threads = await queries.private_threads(work, school.tenant_id, classroom.classroom_id)
        said = await queries.transcript(work, school.tenant_id, classroom.classroom_id, first)
    assert threads == {first: [tuple(sorted(pair)) for pair in ((bob, host), (ada, host))]}
    assert threads[first] == list(said.private)


async def test_however_much_was_said_no_more_is_read_than_is_shown(school: School) -> None:
    classroom = await school.classroom(kind="standing")
    host = await school.seat(classroom)
    ada = await school.seat(classroom, "Ada")
    lesson_id = await school.start(classroom)
    await school.say(classroom, ada, "Hello all")
    await school.say(classroom, ada, "Psst", to=host)
    async with school.begin() as work:
        await work.db.execute(text(MUCH_SAID), {"tenant": school.tenant_id})
        await work.db.execute(text("ANALYZE messages"))

    mine = school.tenant_id, classroom.classroom_id

    async def read(act: Callable[[Work], Awaitable[object]]) -> int:
        return await school.rows_read("messages", act)

    assert await read(lambda work: queries.private_threads(work, *mine)) == 1
    assert await read(lambda work: queries.recent(work, *mine, lesson_id, [host], limit=5)) == 6
    await school.end(classroom)
    await school.tick()
    following = await school.start(classroom)
    await school.say(classroom, host, "Welcome back")
    assert await read(lambda work: queries.recent(work, *mine, following, [host])) == 1
    async with school.begin() as work:
        lesson = await classrooms.lesson(work, school.tenant_id, following)
    assert lesson is not None
    assert await read(lambda work: gather_chat(work, lesson)) == 0


@pytest.mark.parametrize("text", ["", "  \n", "A" * 2001])
async def test_an_empty_or_endless_message_is_refused(school: School, text: str) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom)
    with pytest.raises(BadValue) as refused:
        await school.say(classroom, seat, text)
    assert refused.value.field == "text"


async def test_one_talks_to_others_of_the_same_class(school: School) -> None:
    classroom, other = await school.classroom(), await school.classroom()
    seat = await school.seat(classroom)
    for to in (seat, await school.seat(other)):
        with pytest.raises(BadValue) as refused:
            await school.say(classroom, seat, "Hello", to=to)
        assert refused.value.field == "to"


async def test_nobody_talks_in_another_class(school: School) -> None:
    classroom, other = await school.classroom(), await school.classroom()
    with pytest.raises(LinkGone):
        await school.say(classroom, await school.seat(other), "Hello")


async def test_nobody_talks_in_another_school(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom)
    before = await school.everything()
    with pytest.raises(UnknownClassroom):
        await other_school.say(classroom, seat, "Hello")
    assert await school.everything() == before
