"""Properties of rooms, people and extApps: the vendor's examples, and what programs see of them."""

from typing import Any

import pytest
from agora_program import Program, golden, same_shape

ROOM = "v2/rooms/algebra"


@pytest.fixture
async def room(program: Program) -> Program:
    """A room with ada and ben in it."""
    await program.room()
    for user in ("ada", "ben"):
        await program.done("PUT", f"v3/rooms/algebra/users/{user}", {"userName": user.title()})
    return program


async def shown(program: Program) -> Any:
    return (await program.done("GET", ROOM))["roomProperties"]


async def of_user(program: Program, user: str) -> Any:
    return (await program.done("GET", f"{ROOM}/users/{user}", polling=True))["userProperties"]


async def told(program: Program) -> list[tuple[int, int, Any, Any]]:
    """Kind, action, what changed and why."""
    listed = await program.events("algebra")
    return [(cmd, one["action"], one["changeProperties"], one["cause"]) for cmd, one in listed]


@pytest.mark.parametrize(
    ("method", "path", "example"),
    [
        ("PUT", "properties", "update_custom_classroom_properties"),
        ("DELETE", "properties", "delete_custom_classroom_properties"),
        ("PUT", "users/ada/properties", "update_custom_user_properties"),
        ("DELETE", "users/ada/properties", "delete_custom_user_properties"),
        ("PUT", "extApps/clock/properties", "set_the_ext_app_properties"),
        ("DELETE", "extApps/clock/properties", "delete_the_ext_app_properties"),
    ],
)
@pytest.mark.parametrize("region", ["", "/eu"])
async def test_the_vendors_example(room: Program, method: str, path: str, example: str, region: str) -> None:
    room.region = region
    answer = await room.call(method, f"{ROOM}/{path}", golden(f"{example}.request"))
    assert answer.status_code == 200
    same_shape(answer.json(), golden("properties.response"))


async def test_a_path_sets_one_leaf_and_an_object_replaces_all(room: Program) -> None:
    why = {"by": "test"}
    await room.done(
        "PUT", f"{ROOM}/properties", {"properties": {"a": {"b": 1, "c": 2}, "x": 0}, "cause": why}
    )
    await room.done("PUT", f"{ROOM}/properties", {"properties": {"a.b": 9, "a.d.e": [1]}})
    assert (await shown(room))["flexProps"] == {"a": {"b": 9, "c": 2, "d": {"e": [1]}}, "x": 0}
    await room.done("PUT", f"{ROOM}/properties", {"properties": {"a": {"z": None}}})
    await room.done("DELETE", f"{ROOM}/properties", {"properties": ["a.z", "x", "nothing"], "cause": why})
    assert (await shown(room))["flexProps"] == {"a": {}}
    assert await told(room) == [
        (4, 1, {"a": {"b": 1, "c": 2}, "x": 0}, why),
        (4, 1, {"a.b": 9, "a.d.e": [1]}, {}),
        (4, 1, {"a": {"z": None}}, {}),
        (4, 2, {"a.z": "deleted", "x": "deleted"}, why),
    ]


async def test_those_with_which_a_room_is_made_are_the_first(program: Program) -> None:
    await program.room(roomProperties={"flexProps": {"a": 1, "b": 2}, "examinationUrl": "https://x"})
    await program.done("PUT", f"{ROOM}/properties", {"properties": {"c": 3}})
    await program.done("DELETE", f"{ROOM}/properties", {"properties": ["a"]})
    kept = await shown(program)
    assert kept["flexProps"] == {"b": 2, "c": 3}
    assert kept["examinationUrl"] == "https://x"
    assert len(await told(program)) == 2


async def test_a_person_comes_with_properties_and_gets_others(room: Program) -> None:
    said = {"userProperties": {"flexProps": {"avatar": "cat"}}}
    await room.done("PUT", "v3/rooms/algebra/users/cleo", said)
    assert await of_user(room, "cleo") == {"flexProps": {"avatar": "cat"}}
    assert await told(room) == []
    await room.done("PUT", f"{ROOM}/users/cleo/properties", {"properties": {"team.name": "red"}})
    await room.done("DELETE", f"{ROOM}/users/cleo/properties", {"properties": ["avatar"]})
    assert await of_user(room, "cleo") == {"flexProps": {"team": {"name": "red"}}}
    assert await of_user(room, "ada") == {}
    [(cmd, first), (_, second)] = await room.events("algebra", cmd=22)
    assert cmd == 22
    assert (first["action"], first["changeProperties"]) == (1, {"team.name": "red"})
    assert (second["action"], second["changeProperties"]) == (2, {"avatar": "deleted"})
    assert first["fromUser"] == {"userUuid": "cleo", "userName": "cleo", "role": 2}
    assert first["operator"] == {"userUuid": "server", "userName": "server", "role": "server"}


async def test_many_people_at_once(room: Program) -> None:
    users = [{"userUuid": "ada", "properties": {"seat": 1}}, {"userUuid": "ben"}]
    body = {"users": users, "properties": {"seat": 2}, "cause": {"plan": "b"}}
    await room.done("PUT", f"{ROOM}/users/properties/batch", body)
    assert await of_user(room, "ada") == {"flexProps": {"seat": 1}}
    assert await of_user(room, "ben") == {"flexProps": {"seat": 2}}
    gone = {"users": [{"userUuid": "ada", "properties": ["seat"]}, {"userUuid": "ben"}]}
    await room.done("DELETE", f"{ROOM}/users/properties/batch", gone)
    assert await of_user(room, "ada") == {}
    assert await of_user(room, "ben") == {"flexProps": {"seat": 2}}
    body["users"].append({"userUuid": "nobody"})  # type: ignore[attr-defined]
    refused = await room.refused("PUT", f"{ROOM}/users/properties/batch", body)
    assert refused[:2] == (404, 20404200)
    assert [(action, changed) for _, action, changed, _ in await told(room)] == [
        (1, {"seat": 1}),
        (1, {"seat": 2}),
        (2, {"seat": "deleted"}),
    ]


async def test_an_ext_app_is_set_switched_and_read_as_a_widget(room: Program) -> None:
    path = f"{ROOM}/extApps/clock/properties"
    await room.done("PUT", path, {"properties": {"a": {"b": 1, "c": 2}}, "common": {"state": 1}})
    await room.done("PUT", path, {"properties": {}, "common": {"state": "0"}, "cause": {"why": 1}})
    await room.done("DELETE", path, {"properties": ["a.b"]})
    kept = await shown(room)
    assert kept["extApps"] == {"clock": {"a": {"c": 2}}}
    assert kept["extAppsCommon"] == {"clock": {"state": 0}}
    page = await room.done("GET", f"{ROOM}/widgets/clock/sequences")
    assert [one["cmd"] for one in page["list"]] == [1110] * 3
    data = [one["data"] for one in page["list"]]
    assert all(one["widgetUuid"] == "clock" for one in data)
    assert [(one["action"], one["changeProperties"]) for one in data] == [
        (1, {"a": {"b": 1, "c": 2}, "state": 1}),
        (1, {"state": 0}),
        (2, {"a.b": "deleted"}),
    ]
    assert data[1]["cause"] == {"why": 1}


# what is asked, the status, the code, what the message names
REFUSED: list[tuple[str, str, Any, int, int, str]] = [
    ("PUT", "properties", None, 400, 400, "properties"),
    ("PUT", "properties", {"properties": ["a"]}, 400, 400, "properties"),
    ("PUT", "properties", {"properties": {"a..b": 1}}, 400, 400, "a..b"),
    ("PUT", "properties", {"properties": {"big": "x" * 70_000}}, 400, 400, "big"),
    ("PUT", "properties", {"properties": {"a": 1}, "cause": 7}, 400, 400, "cause"),
    ("DELETE", "properties", {"properties": {"a": 1}}, 400, 400, "properties"),
    ("DELETE", "properties", None, 400, 400, "properties"),
    ("PUT", "users/nobody/properties", {"properties": {}}, 404, 20404200, "User"),
    ("PUT", "users/a%2Fb/properties", {"properties": {}}, 404, 404, ""),
    ("PUT", "users/%C3%A4/properties", {"properties": {}}, 400, 400, "userUuid"),
    ("PUT", "extApps/%C3%A4/properties", {"properties": {}}, 400, 400, "extAppUuid"),
    ("PUT", "extApps/clock/properties", {"common": {"state": 2}}, 400, 400, "common.state"),
    ("PUT", "users/properties/batch", {"users": []}, 400, 400, "users"),
    ("DELETE", "users/properties/batch", {}, 400, 400, "users"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "named"), REFUSED)
async def test_what_is_refused(
    room: Program, method: str, path: str, body: Any, status: int, code: int, named: str
) -> None:
    refused = await room.refused(method, f"{ROOM}/{path}", body)
    assert refused[:2] == (status, code)
    assert named in refused[2]
    assert await told(room) == []


async def test_no_room_and_a_closed_one(room: Program) -> None:
    body = {"properties": {"a": 1}}
    assert (await room.refused("PUT", "v2/rooms/other/properties", body))[:2] == (404, 20404100)
    for state in (1, 2):
        await room.done("PUT", f"{ROOM}/states/{state}")
        await room.done("PUT", f"{ROOM}/properties", {"properties": {"state": state}})
    await room.done("PUT", f"{ROOM}/states/3")
    assert (await room.refused("PUT", f"{ROOM}/properties", body))[:2] == (410, 30410100)
