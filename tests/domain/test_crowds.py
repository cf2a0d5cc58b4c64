"""A crowd is read person by person, also where the database has no statistics of its tables yet."""

from collections.abc import Awaitable, Callable

from school import School

from app.domain.activities import queries as chat
from app.domain.participants import queries as seats
from app.domain.presence import queries as visits
from app.kit.work import Work

PEOPLE = 40
FORMER = 5


async def test_as_many_rows_are_read_as_there_are_people(school: School) -> None:
    classroom = await school.classroom()
    crowd = [await school.user(f"Pupil {number}") for number in range(PEOPLE)]
    await school.enrol(classroom, *crowd)
    there = [await school.seat_of(classroom, user) for user in crowd]
    lesson_id = await school.start(classroom)
    for seat in there:
        await school.enter(classroom, seat)
        await school.say(classroom, seat, "Hello")
    mine = school.tenant_id, classroom.classroom_id
    now = school.works.clock.now()
    reads: list[Callable[[Work], Awaitable[object]]] = [
        lambda work: visits.people(work, *mine),
        lambda work: visits.during(work, *mine, now, now),
        lambda work: chat.transcript(work, *mine, lesson_id),
        lambda work: seats.held_all(work, school.tenant_id, there),
    ]
    for read in reads:
        for table in ("users", "participants"):
            # A row that was changed a moment ago may be met in its former version too.
            assert PEOPLE <= await school.rows_read(table, read) <= PEOPLE + FORMER
