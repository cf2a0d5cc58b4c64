"""Breakout groups, on PostgreSQL."""

import asyncio

import pytest
from lessons import Held, held

from app.domain import activities, participants
from app.domain.activities import group_queries
from app.domain.activities import queries as chat
from app.domain.attendance import settle
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.groups import Draft
from app.rules.refusals import BadValue, NotAllowed, UnknownThing


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant, students=4)


async def groups(live: Held) -> dict[str, list[str]]:
    """The members of each group by its name."""
    async with live.works.begin() as work:
        found = await group_queries.groups(work, live.tenant_id, live.classroom_id)
    return {one.name: list(one.members) for one in found}


async def ids_of(live: Held) -> dict[str, str]:
    async with live.works.begin() as work:
        found = await group_queries.groups(work, live.tenant_id, live.classroom_id)
    return {one.name: one.group_id for one in found}


async def heard(live: Held, who: tuple[str, str, str]) -> list[str]:
    async with live.works.begin() as work:
        lines = await chat.recent(work, *who[:2], live.lesson.lesson_id, [who[2]])
    return [line.text for line in lines[who[2]]]


async def test_people_are_grouped_moved_and_brought_back(live: Held) -> None:
    a, b, c, d = (who[2] for who in live.students)
    await live.do(activities.arrange, live.host, drafts=[Draft((a, b), "one"), Draft((c,), None, "Blue")])
    assert await groups(live) == {"Group 1": [a, b], "Blue": [c]}
    # The same id again: the people come to it, the others stay.
    await live.do(activities.arrange, live.host, drafts=[Draft((c, d), "one", "Red")])
    assert await groups(live) == {"Red": [a, b, c, d], "Blue": []}
    blue = (await ids_of(live))["Blue"]
    await live.do(activities.regroup, live.moderator, moves={a: blue, b: None})
    assert await groups(live) == {"Red": [c, d], "Blue": [a]}
    told = (await live.events("GroupsChanged"))[-1].data
    assert [(one["reference"] == "one", one["name"], one["members"]) for one in told["groups"]] == [
        (True, "Red", [c, d]),
        (False, "Blue", [a]),
    ]
    for _ in range(2):
        await live.do(activities.dissolve, live.host)
    assert await groups(live) == {}
    assert [len(event.data["groups"]) for event in await live.events("GroupsChanged")] == [2, 2, 2, 0]


async def test_many_moves_at_once_leave_nobody_in_two_groups(live: Held) -> None:
    seats = [who[2] for who in live.students]
    await live.do(activities.arrange, live.host, drafts=[Draft(()), Draft(()), Draft(())])
    names = list((await ids_of(live)).values())
    moved = [
        live.do(activities.regroup, live.host, moves=dict.fromkeys(seats, names[n % 3])) for n in range(9)
    ]
    await asyncio.gather(*moved)
    assert sorted(seat for members in (await groups(live)).values() for seat in members) == sorted(seats)
    told = await live.events("GroupsChanged")
    assert len(told) == 10
    by_name = {one["name"]: one["members"] for one in told[-1].data["groups"]}
    assert by_name == await groups(live)


async def test_what_is_said_in_a_group_is_heard_in_it_and_by_the_leaders(live: Held) -> None:
    a, b, c, d = live.students
    await live.do(activities.arrange, live.host, drafts=[Draft((a[2], b[2]), "1"), Draft((c[2],), "2")])
    first, second = (await ids_of(live)).values()
    await live.do(activities.say, a, text="We are one", group=first)
    assert second != "2"
    await live.do(activities.say, live.host, text="Well done, two", group="2")
    await live.do(activities.say, d, text="Hello all")
    for who, expected in (
        (a, ["We are one", "Hello all"]),
        (b, ["We are one", "Hello all"]),
        (c, ["Well done, two", "Hello all"]),
        (d, ["Hello all"]),
        (live.host, ["We are one", "Well done, two", "Hello all"]),
        (live.moderator, ["We are one", "Well done, two", "Hello all"]),
    ):
        assert await heard(live, who) == expected
    said = (await live.events("MessageSent"))[0].data
    assert said["group_id"] == first
    assert set(said["readers"]) == {a[2], b[2], live.host[2], live.moderator[2]}
    for who in (c, d):
        with pytest.raises(NotAllowed):
            await live.do(activities.say, who, text="Psst", group=first)
    with pytest.raises(UnknownThing):
        await live.do(activities.say, live.host, text="Psst", group="none")
    with pytest.raises(BadValue):
        await live.do(activities.say, a, text="Psst", group=first, to=b[2])


async def test_what_was_said_in_groups_is_no_part_of_the_public_transcript(live: Held) -> None:
    a = live.students[0]
    await live.do(activities.arrange, live.host, drafts=[Draft((a[2],))])
    [only] = (await ids_of(live)).values()
    await live.do(activities.say, a, text="Among us", group=only)
    await live.do(activities.say, a, text="To all")
    async with live.works.begin() as work:
        said = await chat.transcript(work, live.tenant_id, live.lesson.classroom_id, live.lesson.lesson_id)
    assert [line.text for line in said.public] == ["To all"]
    assert said.private == {}
    assert said.messages_by_user() == {live.user_ids[2]: 2}
    # Who is in no group any more does not hear what others said in one.
    await live.do(activities.dissolve, live.host)
    assert await heard(live, live.students[1]) == ["To all"]


async def test_groups_end_with_the_lesson(live: Held) -> None:
    await live.do(activities.arrange, live.host, drafts=[Draft((live.students[0][2],))])
    await live.end()
    async with live.works.begin() as work:
        await settle(work, live.tenant_id, live.lesson.lesson_id)
    assert await groups(live) == {}


async def test_a_removed_seat_is_in_no_group(live: Held) -> None:
    a, b = (who[2] for who in live.students[:2])
    await live.do(activities.arrange, live.host, drafts=[Draft((a, b))])
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [live.user_ids[2]])
    assert await groups(live) == {"Group 1": [b]}


async def test_a_student_groups_nobody_and_strangers_are_in_no_group(live: Held) -> None:
    student = live.students[0]
    for verb, values in (
        (activities.arrange, {"drafts": [Draft(())]}),
        (activities.regroup, {"moves": {}}),
        (activities.dissolve, {}),
    ):
        with pytest.raises(NotAllowed):
            await live.do(verb, student, **values)
    with pytest.raises(BadValue):
        await live.do(activities.arrange, live.host, drafts=[Draft(("nobody",))])
    with pytest.raises(UnknownThing):
        await live.do(activities.regroup, live.host, moves={student[2]: "none"})
