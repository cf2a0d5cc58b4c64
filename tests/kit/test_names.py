"""A name leads where its name server says at that moment: judged when it is saved, and at each dial again."""

import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from names import NameServer
from owing import enqueue

from app.domain.outbox import Notice, log
from app.kit.outbound import Sender, check_name
from app.kit.work import Works
from app.rules.refusals import BadValue
from app.workers.dispatcher import Dispatcher

PUBLIC = "93.184.215.14"
PRIVATE = [
    "127.0.0.1",
    "10.0.0.7",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> NameServer:
    names = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(seconds=1) as sender:
        yield sender


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_of_a_private_address_is_not_saved(names: NameServer, address: str) -> None:
    names.answers["rebind.example"] = [[address]]
    with pytest.raises(BadValue):
        await check_name("https://rebind.example/pings")


async def test_nor_is_one_that_has_a_public_address_too(names: NameServer) -> None:
    names.answers["both.example"] = [[PUBLIC, "10.0.0.7"]]
    with pytest.raises(BadValue):
        await check_name("https://both.example/pings")


@pytest.mark.parametrize("url", ["https://nobody.example/", "https://[::1", "https://.example/"])
async def test_a_name_that_nobody_knows_yet_is_no_fault(names: NameServer, url: str) -> None:
    await check_name(url)


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_of_a_private_address_is_not_dialled(
    names: NameServer, sender: Sender, receiver: Any, address: str
) -> None:
    names.answers["rebind.example"] = [[address]]
    url = f"http://rebind.example:{urlsplit(receiver.url).port}/pings"
    answer = await sender.post(url, b"{}", {}, allow_private=False)
    assert answer.status is None
    assert "is not a public address" in (answer.error or "")
    assert receiver.requests == []


async def test_a_name_that_was_public_when_it_was_saved_and_is_private_when_it_is_dialled_gets_nothing(
    names: NameServer,
    sender: Sender,
    receiver: Any,
    client: httpx.AsyncClient,
    admin: dict[str, str],
    works: Works,
) -> None:
    names.answers["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    url = f"http://rebind.example:{urlsplit(receiver.url).port}/pings"
    tenant = {"name": "School", "merithub": {"ping_url": url}}
    made = await client.post("/_/admin/v1/tenants", json=tenant, headers=admin)
    assert made.status_code == 201, made.text
    tenant_id = made.json()["tenant_id"]
    async with works.begin() as work:
        [saved] = await log.subscriptions(work, tenant_id)
        await enqueue(work, saved, "a", [Notice("k", b"{}")])
    await Dispatcher(works, sender).tick()
    assert names.asked == ["rebind.example", "rebind.example"]
    assert receiver.requests == []
    async with works.begin() as work:
        [owed] = await log.deliveries(work, tenant_id)
        [attempt] = await log.attempts(work, tenant_id, owed.delivery_id)
    assert attempt.status is None
    assert "127.0.0.1 is not a public address" in (attempt.error or "")


async def test_every_route_that_saves_a_url_asks_where_its_name_leads(
    names: NameServer, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    names.answers["inside.example"] = [["10.0.0.7"]]
    url, api = "https://inside.example/", "/_/admin/v1/tenants"
    plain = (await client.post(api, json={"name": "School"}, headers=admin)).json()["tenant_id"]
    trusted = {"name": "School", "allow_private": True, "merithub": {"ping_url": url}}
    inside = (await client.post(api, json=trusted, headers=admin)).json()["tenant_id"]

    async def field(method: str, path: str, body: Any) -> str | None:
        answer = await client.request(method, f"{api}{path}", json=body, headers=admin)
        assert answer.status_code in (200, 400), answer.text
        found: str | None = answer.json().get("field")
        return found

    ping, callback = {"merithub": {"ping_url": url}}, {"learncube": {"callback_url": url}}
    assert await field("POST", "", {"name": "School", **ping}) == "merithub.ping_url"
    assert await field("PATCH", f"/{plain}", ping) == "merithub.ping_url"
    assert await field("PATCH", f"/{plain}", callback) == "learncube.callback_url"
    assert await field("PUT", f"/{plain}/endpoints/a.example", {"callback_url": url}) == "callback_url"
    assert await field("PATCH", f"/{inside}", callback) is None
    assert await field("PUT", f"/{inside}/endpoints/a.example", {"callback_url": url}) is None
