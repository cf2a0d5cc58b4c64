"""Breakout rooms: made, people moved between them, removed."""

from typing import Any

import pytest
from agora_program import Program, golden, same_shape

from app.domain.activities import group_queries
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.kit.work import Works

G = "v2/rooms/algebra/groups"


@pytest.fixture
async def room(program: Program) -> Program:
    """A room with a teacher and three students."""
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"role": 1})
    for name in ("user1", "user2", "user3"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"role": 2})
    return program


async def groups(works: Works, tenant: Tenant) -> dict[str, list[str]]:
    """Who is in each group, by the customer's ids."""
    async with works.begin(tenant.tenant_id) as work:
        classroom = await rooms.named(work, tenant, "algebra")
        people = (await rooms.page(work, classroom, rooms.Wanted())).people
        names = {one.participant_id: one.name for one in people}
        found = await group_queries.groups(work, tenant.tenant_id, classroom.classroom_id)
    return {one.reference: [names[seat] for seat in one.members] for one in found}


def users(*names: str) -> list[dict[str, str]]:
    return [{"userUuid": name} for name in names]


async def test_the_vendors_own_groups(room: Program, works: Works, tenant: Tenant) -> None:
    answer = await room.call("PUT", f"{G}/states/1", golden("breakout_rooms.request"))
    same_shape(answer.json(), golden("breakout_rooms.response"))
    assert await groups(works, tenant) == {"group1": ["user1"]}


@pytest.mark.parametrize("body", [None, {}, {"groups": []}])
async def test_state_0_brings_everybody_back(room: Program, works: Works, tenant: Tenant, body: Any) -> None:
    await room.done("PUT", f"{G}/states/1", golden("breakout_rooms.request"))
    for _ in range(2):
        await room.done("PUT", f"{G}/states/0", body)
    assert await groups(works, tenant) == {}


async def test_a_group_without_an_id_is_given_one(room: Program, works: Works, tenant: Tenant) -> None:
    await room.done("PUT", f"{G}/states/1", {"groups": [{"users": users("user1")}, {"users": []}]})
    made = await groups(works, tenant)
    assert list(made.values()) == [["user1"], []]
    assert all(made)


async def test_people_are_added_removed_and_moved(room: Program, works: Works, tenant: Tenant) -> None:
    made = [{"groupUuid": "a", "users": users("user1", "user2")}, {"groupUuid": "b", "users": []}]
    await room.done("PUT", f"{G}/states/1", {"groups": made})
    changes = [
        {"groupUuid": "a", "removeUsers": users("user1", "user2")},
        {"groupUuid": "b", "addUsers": ["user2"], "users": users("user3")},
    ]
    await room.done("PATCH", f"{G}/users", {"groups": changes})
    assert await groups(works, tenant) == {"a": [], "b": ["user2", "user3"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("PUT", "states/1", {}, (400, 400)),
        ("PUT", "states/1", {"groups": [{"groupUuid": "a"}]}, (400, 400)),
        ("PUT", "states/1", {"groups": [{"groupUuid": "a*", "users": []}]}, (400, 400)),
        ("PUT", "states/1", {"groups": [{"users": [{}]}]}, (400, 400)),
        ("PUT", "states/1", {"groups": [{"users": users("user1")}, {"users": users("user1")}]}, (400, 400)),
        ("PUT", "states/1", {"groups": [{"users": users("zoe")}]}, (404, 20404200)),
        ("PUT", "states/2", {"groups": []}, (400, 400)),
        ("PATCH", "users", {}, (400, 400)),
        ("PATCH", "users", {"groups": [{"users": []}]}, (400, 400)),
        ("PATCH", "users", {"groups": [{"groupUuid": "none", "users": users("user1")}]}, (404, 404)),
        ("PATCH", "users", {"groups": [{"groupUuid": "none", "users": users("zoe")}]}, (404, 20404200)),
    ],
)
async def test_what_cannot_be_is_refused(
    room: Program, method: str, path: str, body: Any, expected: tuple[int, int]
) -> None:
    assert (await room.refused(method, f"{G}/{path}", body))[:2] == expected
