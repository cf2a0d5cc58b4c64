"""Properties of rooms, people and parts of rooms, on PostgreSQL."""

import asyncio
from typing import Any

import pytest
from lessons import Held, held

from app.domain import classrooms, participants, properties
from app.domain.activities.actor import SERVER
from app.domain.properties import Place, queries
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.properties import Change, Scope, fold
from app.rules.refusals import BadValue, LessonOver, LinkGone, NotAllowed, UnknownUser

ROOM = Place(Scope.ROOM)
Who = tuple[str, str, str]


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant, students=3)


def server(live: Held) -> Who:
    return live.tenant_id, live.classroom_id, SERVER


def person(who: Who) -> Place:
    return Place(Scope.PERSON, who[2])


async def put(live: Held, who: Who, place: Place, values: dict[str, Any], **more: Any) -> None:
    await live.do(properties.put, who, place=place, values=values, **{"cause": {}} | more)


async def remove(live: Held, who: Who, place: Place, *paths: str, **more: Any) -> None:
    await live.do(properties.remove, who, place=place, paths=paths, **{"cause": {}} | more)


async def standing(live: Held) -> dict[tuple[str, str], tuple[dict[str, Any], bool | None]]:
    async with live.works.begin() as work:
        found = await queries.standing(work, live.tenant_id, live.classroom_id)
    return {(one.scope, one.subject): (one.value, one.enabled) for one in found}


async def told(live: Held) -> list[dict[str, Any]]:
    return [event.data for event in await live.events("PropertiesChanged")]


async def test_what_the_server_puts_stands_in_the_room_and_is_told(live: Held) -> None:
    await put(live, server(live), ROOM, {"key1": "value1", "a": {"b": 1}}, cause={"why": "x"})
    await put(live, server(live), ROOM, {"a.c": [2]})
    await remove(live, server(live), ROOM, "key1", "nothing", cause={"why": "y"})
    assert await standing(live) == {("room", ""): ({"a": {"b": 1, "c": [2]}}, None)}
    about = {"scope": "room", "subject": "", "enabled": None, "participant_id": "server", "name": "server"}
    assert await told(live) == [
        about | {"changes": {"key1": "value1", "a": {"b": 1}}, "removed": [], "cause": {"why": "x"}},
        about | {"changes": {"a.c": [2]}, "removed": [], "cause": {}},
        about | {"changes": {}, "removed": ["key1"], "cause": {"why": "y"}},
    ]


async def test_what_changes_nothing_is_not_told(live: Held) -> None:
    await put(live, server(live), ROOM, {"a": 1})
    await put(live, server(live), ROOM, {"a": 1}, cause={"again": True})
    await remove(live, server(live), ROOM, "b")
    await put(live, server(live), Place(Scope.APP, "clock"), {})
    assert [data["changes"] for data in await told(live)] == [{"a": 1}]
    assert await standing(live) == {("room", ""): ({"a": 1}, None)}


async def test_a_part_of_the_room_is_switched_on_and_off(live: Held) -> None:
    clock = Place(Scope.APP, "clock")
    await put(live, server(live), clock, {}, enabled=True)
    await put(live, live.host, clock, {"minutes": 5})
    await put(live, live.moderator, clock, {"minutes": 6}, enabled=False)
    await put(live, server(live), Place(Scope.WIDGET, "clock"), {"x": 1}, enabled=False)
    assert await standing(live) == {
        ("app", "clock"): ({"minutes": 6}, False),
        ("widget", "clock"): ({"x": 1}, False),
    }
    assert [(data["scope"], data["enabled"], data["changes"]) for data in await told(live)] == [
        ("app", True, {}),
        ("app", None, {"minutes": 5}),
        ("app", False, {"minutes": 6}),
        ("widget", False, {"x": 1}),
    ]


async def test_of_many_people_all_change_or_none(live: Held) -> None:
    one, two, three = (who[2] for who in live.students)
    values = {one: {"team": "red"}, two: {"team": "blue", "seat": 2}}
    await live.do(properties.put_of_people, server(live), values=values, cause={"by": "plan"})
    with pytest.raises(UnknownUser, match="nobody"):
        await live.do(
            properties.put_of_people,
            server(live),
            values={three: {"a": 1}, "nobody": {"a": 1}},
            cause={},
        )
    with pytest.raises(BadValue, match=r"^a\.\.b must be"):
        await live.do(
            properties.put_of_people, server(live), values={one: {"a": 1}, two: {"a..b": 1}}, cause={}
        )
    gone = {one: ["team"], two: ["seat", "nothing"], three: ["team"]}
    await live.do(properties.remove_of_people, server(live), paths=gone, cause={})
    async with live.works.begin() as work:
        found = await queries.of_people(work, live.tenant_id, live.classroom_id, [one, two, three])
    assert found == {one: {}, two: {"team": "blue"}, three: {}}
    events = await live.events("PropertiesChanged")
    assert [(event.data["subject"], event.data["changes"], event.data["removed"]) for event in events] == [
        (one, {"team": "red"}, []),
        (two, {"team": "blue", "seat": 2}, []),
        (one, {}, ["team"]),
        (two, {}, ["seat"]),
    ]
    first = events[0].seq
    assert [event.seq for event in events] == [first, first + 1, first + 2, first + 3]


async def test_who_may_change_what(live: Held) -> None:
    student, other = live.students[:2]
    await put(live, student, person(student), {"mood": "fine"})
    await put(live, live.moderator, person(student), {"team": 1})
    for place in (ROOM, person(other), Place(Scope.APP, "clock"), Place(Scope.WIDGET, "clock")):
        with pytest.raises(NotAllowed):
            await put(live, student, place, {"x": 1})
        with pytest.raises(NotAllowed):
            await remove(live, student, place, "x")
    assert await standing(live) == {("person", student[2]): ({"mood": "fine", "team": 1}, None)}


# what is put where, what the refusal says
REFUSED: list[tuple[Place, dict[str, Any], str]] = [
    (Place(Scope.ROOM, "x"), {"values": {}}, "subject names"),
    (Place(Scope.APP, ""), {"values": {"a": 1}}, "subject names"),
    (Place(Scope.APP, "x" * 65), {"values": {"a": 1}}, "subject must have at most 64"),
    (ROOM, {"values": {}, "enabled": True}, "enabled is of parts"),
    (ROOM, {"values": {"a": 1}, "cause": {"x": "\0"}}, r"cause\.x must be text"),
    (ROOM, {"values": {"a": float("nan")}}, "a must be a finite"),
]


@pytest.mark.parametrize(("place", "said", "why"), REFUSED)
async def test_what_cannot_be_put(live: Held, place: Place, said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadValue, match=f"^{why}"):
        await live.do(properties.put, server(live), place=place, **{"cause": {}} | said)
    assert await standing(live) == {}


async def test_a_person_keeps_less_than_a_room(live: Held) -> None:
    large = {"x": "y" * 20_000}
    await put(live, server(live), ROOM, large)
    with pytest.raises(BadValue, match=r"^x is too large: all properties together take 16384 bytes"):
        await put(live, server(live), person(live.host), large)


async def test_a_room_has_so_many_parts(live: Held) -> None:
    for number in range(99):
        await put(live, server(live), Place(Scope.APP, f"app{number}"), {"a": 1})
    await put(live, server(live), Place(Scope.WIDGET, "w"), {"a": 1})
    with pytest.raises(BadValue, match=r"^more is one too many: at most 100"):
        await put(live, server(live), Place(Scope.APP, "more"), {"a": 1})
    await put(live, server(live), Place(Scope.APP, "app7"), {"a": 2})


async def test_they_outlive_a_lesson_and_not_the_class(live: Held) -> None:
    await put(live, live.host, ROOM, {"a": 1})
    await live.end()
    await put(live, live.host, ROOM, {"b": 2})
    assert await standing(live) == {("room", ""): ({"a": 1, "b": 2}, None)}
    async with live.works.begin() as work:
        await classrooms.cancel(work, live.tenant_id, live.classroom_id)
    for verb in (put(live, server(live), ROOM, {"c": 3}), remove(live, server(live), ROOM, "a")):
        with pytest.raises(LessonOver):
            await verb


async def test_strangers_change_nothing(live: Held, tenant: Tenant) -> None:
    other = await held(live.works, tenant)
    with pytest.raises(LinkGone):
        await put(live, (live.tenant_id, live.classroom_id, other.host[2]), ROOM, {"a": 1})
    with pytest.raises(UnknownUser):
        await put(live, live.host, person(other.host), {"a": 1})


async def test_whose_seat_is_taken_away_is_not_shown_and_cannot_be_changed(live: Held) -> None:
    student = live.students[0]
    await put(live, student, person(student), {"a": 1})
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [live.user_ids[2]])
    assert await standing(live) == {}
    with pytest.raises(UnknownUser):
        await put(live, server(live), person(student), {"a": 2})


async def test_what_was_noted_about_an_erased_person_is_gone(live: Held) -> None:
    student = live.students[0]
    await put(live, server(live), person(student), {"note": "My secret"}, cause={"note": "My secret"})
    await put(live, server(live), ROOM, {"note": "stays"})
    async with live.works.begin() as work:
        await participants.erase_user(work, live.tenant_id, live.user_ids[2])
    data = await told(live)
    assert "My secret" not in str(data)
    assert [one["changes"] for one in data] == [{}, {"note": "stays"}]
    assert await standing(live) == {("room", ""): ({"note": "stays"}, None)}


async def test_many_writers_at_once_lose_nothing_and_what_was_told_leads_there(live: Held) -> None:
    await asyncio.gather(
        *(put(live, server(live), ROOM, {f"k{number % 5}.n{number}": number}) for number in range(40))
    )
    tree: dict[str, Any] = {}
    for data in await told(live):
        tree = fold(tree, Change(data["changes"], tuple(data["removed"])))
    assert await standing(live) == {("room", ""): (tree, None)}
    assert sorted(number for inner in tree.values() for number in inner.values()) == list(range(40))
