"""Further endpoints of a tenant, through the admin API."""

from typing import Any

import httpx
import pytest

from app.domain import outbox, tenants
from app.kit.work import Works

URL = "https://school.example/virtualclassroom/"


async def test_a_host_name_is_set_changed_listed_and_taken_away(
    client: httpx.AsyncClient, admin: dict[str, str], works: Works, tenant: Any
) -> None:
    async with works.begin() as work:
        stranger = await tenants.create(work, "Other school")
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", "http://127.0.0.1:9/")

    async def call(
        method: str, path: str = "", whose: str = tenant.tenant_id, **more: Any
    ) -> tuple[int, Any]:
        url = f"/_/admin/v1/tenants/{whose}/endpoints{path}"
        answer = await client.request(method, url, headers=admin, **more)
        return answer.status_code, answer.json() if answer.content else None

    shown = {"callback_url": URL, "host": "class.school.example"}
    body = {"callback_url": URL}
    assert await call("GET") == (200, [])
    assert await call("PUT", "/Class.School.example:443", json=body) == (200, shown)
    assert await call("GET") == (200, [shown])
    assert await call("GET", "/class.school.example") == (200, shown)
    changed = {"callback_url": "https://school.example/other"}
    assert await call("PUT", "/class.school.example", json=changed) == (200, shown | changed)

    webhooks = (
        await client.get(f"/_/admin/v1/tenants/{tenant.tenant_id}/credentials", headers=admin)
    ).json()["webhooks"]
    assert list(webhooks) == ["learncube.callback_url", "learncube.callback:class.school.example"]

    status, problem = await call("PUT", "/class.school.example", stranger.tenant_id, json=body)
    assert (status, problem["field"]) == (400, "host")
    status, problem = await call("PUT", "/new.example", stranger.tenant_id, json={"callback_url": "ftp://x"})
    assert (status, problem["field"]) == (400, "callback_url")
    assert await call("GET", whose=stranger.tenant_id) == (200, [])
    assert (await call("DELETE", "/class.school.example", stranger.tenant_id))[0] == 404
    assert (await call("GET", whose="nobody"))[0] == 404

    assert await call("DELETE", "/class.school.example") == (204, None)
    assert (await call("GET", "/class.school.example"))[0] == 404
    assert await call("PUT", "/class.school.example", stranger.tenant_id, json=body) == (200, shown)


@pytest.mark.parametrize(
    "host",
    [
        *("a%20b", "-a.example", "a-.example", "a..b", "a_b.example", "%3Cscript%3E", "a@b", "*.example"),
        *("%5B::1%5D", "sch%C3%BCle.example", "a%09b", "%20", "a" * 64 + ".example", "a." * 126 + "ab"),
    ],
)
async def test_a_host_name_is_one(
    client: httpx.AsyncClient, admin: dict[str, str], tenant: Any, host: str
) -> None:
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}/endpoints/{host}"
    answer = await client.put(url, headers=admin, json={"callback_url": URL})
    assert (answer.status_code, answer.json()["field"]) == (400, "host"), answer.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("A.example", "a.example"),
        ("a.example.", "a.example"),
        ("xn--schle-lva.example", None),
        ("10.0.0.7", None),
    ],
)
async def test_a_host_name_is_kept_in_its_plain_form(
    client: httpx.AsyncClient, admin: dict[str, str], tenant: Any, said: str, kept: str | None
) -> None:
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}/endpoints/{said}"
    answer = await client.put(url, headers=admin, json={"callback_url": f" {URL}\n"})
    assert answer.json() == {"host": kept or said, "callback_url": URL}
