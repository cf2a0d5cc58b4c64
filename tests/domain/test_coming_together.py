"""Many who come into a class at once cost as many statements as a few; each is let in or refused alone."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

import pytest
from lessons import Held, held
from sqlalchemy import update
from statements import overheard

from app.database import Address
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain import activities, presence
from app.domain.activities import Saying, say
from app.domain.activities import queries as chat
from app.domain.classrooms.tables import Classroom
from app.domain.presence import Came, Coming
from app.domain.presence import queries as visits
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.lines import open_engine
from app.kit.work import Works
from app.rules.refusals import BadValue, Banned, LinkGone, Refusal, RoomFull, UnknownThing

Who = tuple[str, str, str]


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


@pytest.fixture
async def pooled(said: list[str], works: Works, database: Address) -> AsyncIterator[Works]:
    """Works on connections that are used again, after `said` began to listen."""
    engine = open_engine(database.url, database.dsn, size=1, patience=30)
    yield Works(engine, works.clock, before_commit=teller(DIALECTS, "http://homeroom.test"))
    await engine.dispose()


def coming(who: Who, tab: str = "tab") -> Coming:
    return Coming(who[2], tab, "192.0.2.1", "Browser")


async def come(live: Held, *people: Coming) -> Sequence[Came | Refusal]:
    async with live.works.begin() as work:
        return await presence.open_visits(work, live.tenant_id, live.classroom_id, people)


async def change(live: Held, **values: object) -> None:
    async with live.works.begin() as work:
        await work.db.execute(
            update(Classroom)
            .where(Classroom.tenant_id == live.tenant_id, Classroom.classroom_id == live.classroom_id)
            .values(**values)
        )


async def limit(live: Held, people: int) -> None:
    await change(live, terms={"max_people": people})


async def names(live: Held) -> list[str]:
    async with live.works.begin() as work:
        return [one.name for one in await visits.people(work, live.tenant_id, live.classroom_id)]


def kinds(results: Sequence[Came | Refusal]) -> list[type]:
    return [type(one) for one in results]


async def test_many_come_in_as_many_statements_as_a_few(
    pooled: Works, tenant: Tenant, said: list[str]
) -> None:
    taken = []
    # Whoever asks first on a connection learns its types: that one is not counted.
    for students in (1, 1, 3, 30):
        live = await held(pooled, tenant, students=students)
        said.clear()
        assert kinds(await come(live, *map(coming, live.students))) == [Came] * students
        taken.append(len([one for one in said if not one.startswith(("BEGIN", "COMMIT"))]))
        joined = await live.events("VisitorJoined")
        assert [event.data["participant_id"] for event in joined] == [who[2] for who in live.students]
        assert await names(live) == [event.data["name"] for event in joined]
    # The seats, who is there, the visits, what happened, the alarms.
    assert taken[1:] == [5, 5, 5], said


async def test_a_class_takes_so_many_of_those_who_come_at_once(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=4)
    await limit(live, 3)
    await live.arrive(live.students[0])
    again = coming(live.students[0], "other")
    found = await come(live, coming(live.students[1]), again, *map(coming, live.students[2:]))
    assert kinds(found) == [Came, Came, Came, RoomFull]
    assert sorted(await names(live)) == ["Student 1", "Student 2", "Student 3"]


async def test_a_visit_that_is_refused_takes_no_place(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=3)
    await limit(live, 1)
    await live.do(presence.ban, live.host, whose=live.students[0][2])
    assert kinds(await come(live, *map(coming, live.students))) == [Banned, Came, RoomFull]
    assert await names(live) == ["Student 2"]


async def test_who_may_not_come_in_keeps_nobody_else_out(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=3)
    other = await held(works, tenant, students=1)
    await live.do(presence.ban, live.host, whose=live.students[1][2])
    await come(live, coming(live.students[0]))
    found = await come(live, *map(coming, (*live.students, other.students[0])))
    assert kinds(found) == [Came, Banned, Came, LinkGone]
    assert await live.kinds() == [
        "ParticipantPutOut",
        "VisitorJoined",
        # The same tab again takes the place of its earlier visit.
        "VisitorLeft",
        "VisitorJoined",
        "VisitorJoined",
    ]


async def test_a_person_with_two_tabs_comes_once(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    one, other = live.students
    found = await come(live, coming(one, "a"), coming(other), coming(one, "b"), coming(one, "a"))
    assert kinds(found) == [Came] * 4
    first, _, second, again = [came for came in found if isinstance(came, Came)]
    async with works.begin() as work:
        open_ones = {visit.visit_id for visit in await visits.open_ones_of(work, *one[:2], [one[2]])}
    assert open_ones == {second.visit.visit_id, again.visit.visit_id}
    assert first.visit.visit_id not in open_ones
    assert await live.kinds() == ["VisitorJoined", "VisitorJoined"]


async def test_in_a_reserved_room_the_last_tab_is_the_place(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    await change(live, kind="reserved")
    one = live.students[0]
    found = await come(live, coming(one, "a"), coming(one, "b"))
    assert kinds(found) == [Came, Came]
    assert await live.kinds() == ["VisitorJoined", "VisitorLeft", "VisitorJoined"]
    assert await names(live) == ["Student 1"]


async def test_each_reads_of_the_chat_what_is_for_them(
    works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    live = await held(works, tenant, students=3)
    one, two, three = live.students
    for speaker, text, to in (
        (one, "to all", None),
        (one, "to two", two[2]),
        (three, "to one", one[2]),
        (two, "to all too", None),
    ):
        clock.advance(timedelta(seconds=1))
        await live.do(say, speaker, text=text, to=to)
    readers = [one[2], two[2], three[2], live.host[2]]
    async with works.begin() as work:
        lesson_id = live.lesson.lesson_id
        lines = await chat.recent(work, *one[:2], lesson_id, readers)
        fewer = await chat.recent(work, *one[:2], lesson_id, readers, limit=2)
    assert [[line.text for line in lines[reader]] for reader in readers] == [
        ["to all", "to two", "to one", "to all too"],
        ["to all", "to two", "to all too"],
        ["to all", "to one", "to all too"],
        ["to all", "to all too"],
    ]
    assert [[line.text for line in fewer[reader]] for reader in readers[:2]] == [
        ["to one", "to all too"],
        ["to two", "to all too"],
    ]


async def test_each_says_something_or_is_refused_alone(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=3)
    one, two, three = (who[2] for who in live.students)
    await live.do(presence.ban, live.host, whose=three)
    said = [
        Saying(one, "first"),
        Saying(two, " "),
        Saying(three, "barred"),
        Saying("nobody", "a stranger"),
        Saying(two, "to one", to=one),
        Saying(two, "to myself", to=two),
        Saying(two, "to a stranger", to="nobody"),
        Saying(one, "in a group", group="none"),
        Saying(live.host[2], "last"),
    ]
    async with works.begin() as work:
        found = await activities.say_all(work, live.tenant_id, live.classroom_id, said)
    refused = [BadValue, Banned, LinkGone, BadValue, LinkGone, UnknownThing]
    assert [type(one) for one in found if one is not None] == refused
    assert [place for place, one in enumerate(found) if one is None] == [0, 4, 8]
    told = await live.events("MessageSent")
    assert [(event.data["text"], event.data["to"]) for event in told] == [
        ("first", None),
        ("to one", one),
        ("last", None),
    ]
    async with works.begin() as work:
        lines = await chat.recent(work, live.tenant_id, live.classroom_id, live.lesson.lesson_id, [one])
    assert [line.message_id for line in lines[one]] == [event.data["message_id"] for event in told]


async def test_many_say_something_in_as_many_statements_as_one(
    pooled: Works, tenant: Tenant, said: list[str]
) -> None:
    live = await held(pooled, tenant, students=30)
    taken = []
    for people in (1, 1, 30):
        said.clear()
        sayings = [Saying(who[2], "Hello") for who in live.students[:people]]
        async with pooled.begin() as work:
            await activities.say_all(work, live.tenant_id, live.classroom_id, sayings)
        taken.append(len([one for one in said if not one.startswith(("BEGIN", "COMMIT"))]))
    # The classroom, the people and the lesson, what happened, the messages.
    assert taken[1:] == [4, 4], said
