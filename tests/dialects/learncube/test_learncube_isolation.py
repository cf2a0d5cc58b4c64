"""Two endpoints of a tenant are two systems: their tokens, people, classes and logs are apart."""

import json
from typing import Any

import httpx
import pytest
from aiohttp import web
from learncube_program import Program

from app.domain import outbox
from app.domain.tenants import queries as tenants
from app.kit.work import Works

ONE, TWO = "one.example", "two.example"
LISTS = ("classrooms/", "participants/", "logs/")


@pytest.fixture
async def systems(works: Works, tenant: Any, receiver: Any) -> None:
    """A first endpoint, and a further one under a host name of its own."""
    async with works.begin() as work:
        (await tenants.credential(work, tenant.tenant_id, "learncube")).host = ONE
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", f"{receiver.url}/1")
        await outbox.endpoints.add(work, tenant.tenant_id, "learncube", TWO, f"{receiver.url}/2")


def vouching(name: str) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"status": True, "is_tutor": True, "id": "222", "full_name": name})

    return answer


async def enter(client: httpx.AsyncClient, host: str, **more: str) -> Any:
    body = {"token": "ABC123", "user_id": "222"} | more
    answer = await client.post("/classv3/enter", json=body, headers={"host": host})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def at(program: Program, host: str, path: str, **params: str) -> Any:
    answer = await program.call("GET", path, params=params, headers={"host": host})
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


async def test_the_same_token_and_person_at_two_endpoints_are_two_classes_and_two_people(
    client: httpx.AsyncClient, program: Program, receiver: Any, systems: None
) -> None:
    receiver.answers = [vouching("Ada"), vouching("Bob"), vouching("Ada")]
    first, second = await enter(client, ONE), await enter(client, TWO)
    assert [one.path.split("?")[0] for one in receiver.requests] == ["/pings/1", "/pings/2"]
    assert first["socket"] != second["socket"]
    assert (await enter(client, ONE))["socket"] == first["socket"]
    # The second system calls its 222 Bob, and the first one's Ada keeps her name.
    for host, name in ((ONE, "Ada"), (TWO, "Bob")):
        [seat] = await at(program, host, "participants/")
        assert (seat["userid"], seat["username"], seat["room_token"]) == ("222", name, "ABC123")


async def test_nothing_of_one_endpoint_is_reached_through_another(
    client: httpx.AsyncClient, program: Program, receiver: Any, systems: None
) -> None:
    receiver.answers = [vouching("Ada"), vouching("Bob")]
    await enter(client, ONE)
    await enter(client, TWO)
    uuids = {
        host: {path: {row["uuid"] for row in await at(program, host, path)} for path in LISTS}
        for host in (ONE, TWO)
    }
    for path in LISTS:
        assert uuids[ONE][path]
        assert uuids[TWO][path]
        assert not uuids[ONE][path] & uuids[TWO][path]
    for mine, other in ((ONE, TWO), (TWO, ONE)):
        for path in LISTS:
            for uuid in uuids[other][path]:
                for method in ("GET", "PUT", "DELETE"):
                    answer = await program.call(
                        method, f"{path}{uuid}/", json={"description": "mine"}, headers={"host": mine}
                    )
                    assert answer.status_code in (404, 405), (method, path)
        for uuid in uuids[mine]["classrooms/"]:
            read = await program.call("GET", f"classrooms/{uuid}/", headers={"host": mine})
            assert (read.status_code, read.json()["description"]) == (200, "")


async def test_each_endpoints_log_has_its_own_questions_and_its_own_url(
    client: httpx.AsyncClient, program: Program, receiver: Any, systems: None
) -> None:
    receiver.answers = [vouching("Ada"), vouching("Bob")]
    await enter(client, ONE)
    await enter(client, TWO)
    for host, name, path in ((ONE, "Ada", "/1"), (TWO, "Bob", "/2")):
        [asked] = await at(program, host, "logs/", type="room_init")
        assert json.loads(asked["response"])["full_name"] == name
        [endpoint] = await at(program, host, "logs/", type="room_endpoint")
        assert endpoint["response"] == receiver.url + path


async def test_a_classroom_is_made_at_the_endpoint_that_is_asked_and_its_token_is_free_elsewhere(
    program: Program, systems: None
) -> None:
    made = {}
    for host in (ONE, TWO):
        answer = await program.call(
            "POST", "classrooms/", json={"room_token": "ABC123"}, headers={"host": host}
        )
        assert answer.status_code == 201, answer.text
        made[host] = answer.json()
        again = await program.call(
            "POST", "classrooms/", json={"room_token": "ABC123"}, headers={"host": host}
        )
        assert (again.status_code, list(again.json())) == (400, ["room_token"])
    assert made[TWO]["room_url"] == "http://two.example/classv3/?token=ABC123"
    assert [row["uuid"] for row in await at(program, ONE, "classrooms/")] == [made[ONE]["uuid"]]


async def test_the_direct_link_leads_to_the_endpoint_of_its_host(
    client: httpx.AsyncClient, program: Program, receiver: Any, systems: None
) -> None:
    receiver.answers = [vouching("Ada"), vouching("Bob")]
    for host in (ONE, TWO):
        await enter(client, host, pub_key=program.public_key)
    assert [one.path.split("?")[0] for one in receiver.requests] == ["/pings/1", "/pings/2"]


async def test_a_host_name_of_another_tenant_opens_nothing_of_its(
    client: httpx.AsyncClient,
    program: Program,
    other_program: Program,
    other_tenant: Any,
    works: Works,
    receiver: Any,
    systems: None,
) -> None:
    async with works.begin() as work:
        await outbox.endpoints.add(
            work, other_tenant.tenant_id, "learncube", "three.example", f"{receiver.url}/3"
        )
    receiver.answers = [vouching("Eve")]
    await enter(client, "three.example")
    # Keys say whose data are seen, whatever the host name: here the first endpoint's of their own tenant.
    assert await at(program, "three.example", "classrooms/") == []
    assert len(await at(other_program, "three.example", "classrooms/")) == 1
    assert await at(other_program, TWO, "classrooms/") == []
