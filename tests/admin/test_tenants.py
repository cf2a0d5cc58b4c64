"""An operator makes, changes and ends tenants through the admin API."""

from collections.abc import Mapping

import httpx
import pytest

from app.domain.outbox import log
from app.kit.work import Works

Headers = Mapping[str, str]
API = "/_/admin/v1/tenants"


async def make(client: httpx.AsyncClient, admin: Headers, **more: object) -> dict[str, object]:
    made = await client.post(API, json={"name": "Language School", **more}, headers=admin)
    assert made.status_code == 201, made.text
    found: dict[str, object] = made.json()
    return found


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ", "Basic YTpi", "Bearer é"])
async def test_without_the_admin_token_nothing_is_told(
    client: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = {b"authorization": authorization.encode()} if authorization else {}

    refused = await client.get(API, headers=headers)

    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["status"] == 401


async def test_one_call_makes_a_tenant_with_three_sets_of_credentials(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    made = await make(client, admin)

    credentials = made["credentials"]
    assert isinstance(credentials, dict)
    assert {name: sorted(each) for name, each in credentials.items()} == {
        "agora": ["app_certificate", "app_id"],
        "learncube": ["host", "private_key", "public_key"],
        "merithub": ["client_id", "client_secret"],
        "webhooks": [],
    }
    assert made["merithub"] == {"ping_url": None, "content_ping_url": None, "switches": {}}
    kept = await client.get(f"{API}/{made['tenant_id']}/credentials", headers=admin)
    assert kept.json() == credentials


async def test_reading_a_tenant_shows_no_secret(client: httpx.AsyncClient, admin: Headers) -> None:
    made = await make(client, admin)

    one = await client.get(f"{API}/{made['tenant_id']}", headers=admin)
    everything = await client.get(API, headers=admin)

    assert one.json() == {key: value for key, value in made.items() if key != "credentials"}
    assert one.json() in everything.json()["tenants"]


async def test_urls_switches_and_limits_are_set_kept_and_cleared(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    made = await make(client, admin, allow_private=True)
    url = f"{API}/{made['tenant_id']}"

    first = await client.patch(
        url,
        json={
            "name": "New Name",
            "limits": {"grace_minutes": 50},
            "merithub": {"ping_url": "http://127.0.0.1:9/ping", "switches": {"chats": False}},
            "learncube": {"callback_url": "http://127.0.0.1:9/cube"},
        },
        headers=admin,
    )
    second = await client.patch(
        url,
        json={"limits": {"grace_minutes": None}, "learncube": {"callback_url": None}},
        headers=admin,
    )

    assert first.status_code == 200, first.text
    assert first.json()["limits"] == {"grace_minutes": 50}
    assert first.json()["learncube"] == {"callback_url": "http://127.0.0.1:9/cube"}
    assert second.json() == (await client.get(url, headers=admin)).json()
    assert second.json()["name"] == "New Name"
    assert second.json()["limits"] == {}
    assert second.json()["learncube"] == {"callback_url": None}
    assert second.json()["merithub"] == {
        "ping_url": "http://127.0.0.1:9/ping",
        "content_ping_url": None,
        "switches": {"chats": False},
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"merithub": {"ping_url": "ftp://example.com/"}}, "merithub.ping_url"),
        ({"merithub": {"content_ping_url": "http://127.0.0.1/x"}}, "merithub.content_ping_url"),
        ({"learncube": {"callback_url": "nonsense"}}, "learncube.callback_url"),
        ({"name": "  "}, "name"),
    ],
)
async def test_a_bad_value_names_its_field_and_changes_nothing(
    client: httpx.AsyncClient, admin: Headers, change: dict[str, object], field: str
) -> None:
    made = await make(client, admin)
    url = f"{API}/{made['tenant_id']}"

    refused = await client.patch(url, json={"limits": {"empty_minutes": 1}, **change}, headers=admin)

    assert refused.status_code == 400, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["field"] == field
    assert (await client.get(url, headers=admin)).json()["limits"] == {}


@pytest.mark.parametrize(
    "change",
    [
        {"limits": {"gems": 1}},
        {"merithub": {"ping_ulr": None}},
        {"merithub": {"switches": {"up": True}}},
        [],
        1,
    ],
)
async def test_an_unknown_name_is_refused_rather_than_ignored(
    client: httpx.AsyncClient, admin: Headers, change: object
) -> None:
    made = await make(client, admin)

    assert (await client.patch(f"{API}/{made['tenant_id']}", json=change, headers=admin)).status_code == 400


async def test_a_rotated_secret_is_new_and_its_public_id_stays(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    made = await make(client, admin)
    before = made["credentials"]
    assert isinstance(before, dict)

    rotated = await client.post(f"{API}/{made['tenant_id']}/credentials/agora/rotate", headers=admin)

    assert rotated.json()["app_id"] == before["agora"]["app_id"]
    assert rotated.json()["app_certificate"] != before["agora"]["app_certificate"]
    after = (await client.get(f"{API}/{made['tenant_id']}/credentials", headers=admin)).json()
    assert after == {**before, "agora": rotated.json()}


async def test_a_deleted_tenant_is_gone(client: httpx.AsyncClient, admin: Headers) -> None:
    made = await make(client, admin)
    url = f"{API}/{made['tenant_id']}"

    assert (await client.delete(url, headers=admin)).status_code == 204

    assert (await client.get(url, headers=admin)).status_code == 404
    assert (await client.get(f"{url}/credentials", headers=admin)).status_code == 404
    assert (await client.delete(url, headers=admin)).status_code == 404


async def test_the_key_of_the_signatures_is_told_with_the_secrets(
    client: httpx.AsyncClient, admin: Headers
) -> None:
    made = await make(client, admin, merithub={"ping_url": "https://school.example/ping"})

    credentials = made["credentials"]
    assert isinstance(credentials, dict)
    assert list(credentials["webhooks"]) == ["merithub.ping_url"]
    assert credentials["webhooks"]["merithub.ping_url"].startswith("whsec_")


async def test_switches_choose_the_kinds_and_files_go_to_their_own_url(
    client: httpx.AsyncClient, admin: Headers, works: Works
) -> None:
    made = await make(client, admin, merithub={"ping_url": "https://school.example/ping"})
    tenant_id = str(made["tenant_id"])

    async def kinds() -> dict[str, list[str] | None]:
        async with works.begin() as work:
            return {one.purpose: one.kinds for one in await log.subscriptions(work, tenant_id)}

    assert await kinds() == {"status": None}
    change = {"content_ping_url": "https://school.example/files", "switches": {"chats": False}}
    await client.patch(f"{API}/{tenant_id}", json={"merithub": change}, headers=admin)
    assert await kinds() == {
        "status": ["classStatus", "attendance", "recording"],
        "content": ["classFiles"],
    }
    cleared = {"content_ping_url": None, "switches": None}
    await client.patch(f"{API}/{tenant_id}", json={"merithub": cleared}, headers=admin)
    assert await kinds() == {"status": None}
