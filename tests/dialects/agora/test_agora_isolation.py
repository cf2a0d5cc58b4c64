"""Two apps: whatever one shows and names, nothing of the other is read or changed; so it is for two rooms.

Made from the routes and the tables: a new route or table is tried too.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from agora_program import Program
from owned import PARAMETER, Dump, dump_of, fill_the_rest, leaks, operations

from app.dialects.agora import AGORA, building
from app.dialects.agora.building import Seal
from app.domain import tenants
from app.domain.tenants import queries as tenant_queries
from app.kit.work import Works

OTHER = "homeroomtesttenant01"
ROOM, ELSEWHERE, USER = "aure-room", "aure-second", "aurelia"
VALUES = {"room_uuid": ROOM, "user_uuid": USER, "state": "1", "region": "eu"}
"""What stands in a path; any other id is one that the owner has nothing of."""

BODY: dict[str, Any] = {
    "roomName": "Mine",
    "roomType": 4,
    "role": 2,
    "properties": {"a.b": 1},
    "cause": {},
    "message": "Mine",
    "type": 1,
    "muteChat": 1,
    "mode": "web",
    "webRecordConfig": {"url": "https://school.example/", "rootUrl": "https://school.example/"},
    "groups": [{"groupName": "Mine", "users": [{"userUuid": USER}]}],
    "rewardDetails": [{"userUuid": USER, "changeReward": 1}],
    "items": ["A", "B"],
    "answers": ["A"],
}
REGION = "/{region}"
ROUTES = [
    (method, path.replace("{region:region}", "{region}"))
    for method, path in operations(AGORA.router)
    if "/edu/" in path
]


def filled(path: str, app_id: str, room: str = ROOM) -> str:
    values = VALUES | {"app_id": app_id, "room_uuid": room}
    return PARAMETER.sub(lambda found: values.get(found[1], "aure-1"), path)


@dataclass
class Sides:
    """The app that owns things, and the one that must get nothing of them."""

    owner: Program
    stranger: Program
    works: Works

    async def dump(self) -> Dump:
        """Every row of the owner's."""
        return await dump_of(self.works)

    async def call(self, method: str, url: str, token: str, body: Any = BODY) -> httpx.Response:
        """A call with this token and no other sign of who it is."""
        return await self.owner.client.request(method, url, json=body, headers={"x-agora-token": token})


def seal(program: Program) -> Seal:
    return Seal(program.app_id, program.certificate, int(program.clock.now().timestamp()), 3600, 7)


def tokens(program: Program) -> list[str]:
    held = seal(program)
    return [
        building.rtm_007(held, USER),
        building.app_007(held),
        building.user_007(held, USER),
        building.room_user_007(held, ROOM, USER, 1),
    ]


@pytest.fixture
async def sides(program: Program, works: Works) -> Sides:
    """The owner has a full set of everything; the stranger has an app."""
    async with works.begin() as work:
        await tenants.create(work, "Stranger", test=True, tenant_id=OTHER)
        held = await tenant_queries.credential(work, OTHER, "agora")
    for room in (ROOM, ELSEWHERE):
        await program.room(room, roomName="Aureate lesson")
        for user, role in ((USER, 1), ("aurelius", 2)):
            person = {"userName": f"{user.title()} Aureate", "role": role}
            await program.done("PUT", f"v3/rooms/{room}/users/{user}", person)
    await program.done("PUT", f"v2/rooms/{ROOM}/states/1")
    async with works.begin() as work:
        await fill_the_rest(work)
    return Sides(program, Program(program.client, program.clock, held.public_id, held.secret), works)


def test_the_routes_are_there_in_both_forms() -> None:
    assert len({path for _, path in ROUTES}) >= 16
    with_region = {path for _, path in ROUTES if path.startswith(REGION)}
    assert {path.removeprefix(REGION) for path in with_region} == {path for _, path in ROUTES} - with_region


async def test_nobody_without_a_token_gets_anything(sides: Sides) -> None:
    before = await sides.dump()
    for method, path in ROUTES:
        url = filled(path, sides.owner.app_id)
        answer = await sides.owner.client.request(method, url, json=BODY)
        assert (answer.status_code, answer.json()["code"]) == (401, 401), f"{method} {path}"
        assert leaks(answer, before, url) == []
    assert await sides.dump() == before


async def test_a_strangers_token_opens_no_route_of_the_owner(sides: Sides) -> None:
    before = await sides.dump()
    for method, path in ROUTES:
        url = filled(path, sides.owner.app_id)
        for token in tokens(sides.stranger):
            answer = await sides.call(method, url, token)
            assert (answer.status_code, answer.json()["code"]) == (401, 401), f"{method} {path}"
            assert leaks(answer, before, url) == []
    assert await sides.dump() == before


async def test_a_stranger_finds_nothing_of_the_owner_at_home(sides: Sides) -> None:
    """Under the owner's names: first there is nothing, then, where a call makes it, the stranger's own."""
    before = await sides.dump()
    token = tokens(sides.stranger)[0]
    reads = [one for one in ROUTES if one[0] == "GET" and "room_uuid" in one[1]]
    assert reads
    for method, path in reads:
        answer = await sides.call(method, filled(path, sides.stranger.app_id), token)
        assert answer.json()["code"] == 20404100, f"{method} {path}: {answer.text}"
    for method, path in ROUTES:
        url = filled(path, sides.stranger.app_id)
        answer = await sides.call(method, url, token)
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        # By now the stranger may have a room and a user of these names too.
        assert leaks(answer, before, f"{url} {ROOM} {USER} {json.dumps(BODY)}") == [], f"{method} {path}"
    assert await sides.dump() == before


async def test_a_token_for_one_room_opens_no_route_of_another(sides: Sides) -> None:
    before = await sides.dump()
    token = building.room_user_007(seal(sides.owner), ROOM, USER, 1)
    shut = [
        (method, filled(path, sides.owner.app_id, ELSEWHERE))
        for method, path in ROUTES
        if "room_uuid" in path
    ]
    shut += [(method, filled(path, sides.owner.app_id)) for method, path in ROUTES if "room_uuid" not in path]
    for method, url in shut:
        answer = await sides.call(method, url, token)
        assert (answer.status_code, answer.json()["code"]) == (401, 401), f"{method} {url}"
        assert leaks(answer, before, url) == []
    assert await sides.dump() == before
    reading = f"/edu/apps/{sides.owner.app_id}/v2/rooms/{ROOM}"
    assert (await sides.call("GET", reading, token)).status_code == 200


async def test_a_page_lets_nobody_in_with_anothers_token(sides: Sides) -> None:
    before = await sides.dump()
    for program, other in ((sides.owner, sides.stranger), (sides.stranger, sides.owner)):
        for token in tokens(other):
            url = f"/agora/{program.app_id}/rooms/{quote(ROOM)}/enter"
            answer = await program.client.post(url, json={"token": token, "userUuid": USER})
            assert answer.status_code == 401
            assert leaks(answer, before, url + token) == []
    assert await sides.dump() == before
