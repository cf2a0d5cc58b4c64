"""The inbox takes anything, shows it, and never grows without bound."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from waiting import eventually

from app.database import Address, one_work
from app.domain import inbox
from app.domain.inbox import queries, service
from app.kit.work import Work, Works


async def test_anything_posted_is_shown_as_it_came(client: httpx.AsyncClient) -> None:
    taken = await client.post("/_/inbox/mine", content=b'{"a":  1}', headers={"x-mark": "m1"})
    assert (taken.status_code, taken.json()) == (200, {"ok": True})
    await client.post("/_/inbox/mine", content=b"\xff no json")

    shown = (await client.get("/_/inbox/mine", headers={"accept": "application/json"})).json()

    assert [item["body"] for item in shown] == ['{"a":  1}', "\ufffd no json"]
    assert [item["json"] for item in shown] == [{"a": 1}, None]
    assert shown[0]["headers"]["x-mark"] == "m1"
    assert shown[0]["received_at"].endswith("Z")


@pytest.fixture
def messages_of_old(database: Address) -> None:
    """One from before the time that the inbox keeps, one from within it."""

    async def put(work: Work) -> None:
        for days in (15, 13):
            work.now = datetime.now(UTC) - timedelta(days=days)
            await inbox.put(work, "mine", headers={}, body=str(days).encode())

    asyncio.run(one_work(database, put))


def test_a_server_that_starts_removes_what_is_too_old(messages_of_old: None, server: Any) -> None:
    def kept() -> list[str]:
        return [item["body"] for item in server.api.get("/_/inbox/mine").json()]

    eventually(lambda: kept() == ["13"], "the older one is gone")


async def test_names_do_not_mix(client: httpx.AsyncClient) -> None:
    await client.post("/_/inbox/one", content=b"1")

    assert (await client.get("/_/inbox/two")).json() == []


async def test_a_browser_gets_a_page_in_which_nothing_posted_runs(client: httpx.AsyncClient) -> None:
    await client.post("/_/inbox/mine", content=b"<script>alert(1)</script>")

    page = await client.get("/_/inbox/mine", headers={"accept": "text/html,*/*;q=0.8"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script" not in page.text


async def test_emptying_forgets_one_name_only(client: httpx.AsyncClient) -> None:
    await client.post("/_/inbox/one", content=b"1")
    await client.post("/_/inbox/two", content=b"2")

    assert (await client.delete("/_/inbox/one")).status_code == 204

    assert (await client.get("/_/inbox/one")).json() == []
    assert len((await client.get("/_/inbox/two")).json()) == 1


async def test_a_body_over_the_bound_is_refused(client: httpx.AsyncClient) -> None:
    fits = await client.post("/_/inbox/mine", content=b"x" * 262_144)
    too_large = await client.post("/_/inbox/mine", content=b"x" * 262_145)

    assert (fits.status_code, too_large.status_code) == (200, 413)
    assert len((await client.get("/_/inbox/mine")).json()) == 1


async def test_the_oldest_messages_make_room(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OF_A_NAME", 3)
    monkeypatch.setattr(service, "MOST_OF_ALL", 4)
    async with works.begin() as work:
        for name, body in (("a", b"1"), ("b", b"2"), ("b", b"3"), ("b", b"4"), ("b", b"5"), ("a", b"6")):
            await inbox.put(work, name, headers={}, body=body)

        assert [item.body for item in await queries.items(work, "b")] == [b"3", b"4", b"5"]
        assert [item.body for item in await queries.items(work, "a")] == [b"6"]


async def test_a_switched_off_inbox_is_not_there(
    client: httpx.AsyncClient, asgi: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = asgi.state.settings.model_copy(update={"inbox": False})
    monkeypatch.setattr(asgi.state, "settings", off, raising=False)

    assert (await client.post("/_/inbox/mine", content=b"1")).status_code == 404
    assert (await client.get("/_/inbox/mine")).status_code == 404


async def test_with_real_secrets_reading_needs_the_admin_token(
    client: httpx.AsyncClient, asgi: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = asgi.state.settings.model_copy(update={"inbox": True, "admin_token": "r" * 32})
    monkeypatch.setattr(asgi.state, "settings", real, raising=False)

    assert (await client.post("/_/inbox/mine", content=b"1")).status_code == 200
    assert (await client.get("/_/inbox/mine")).status_code == 401
    assert (await client.delete("/_/inbox/mine")).status_code == 401
    shown = await client.get("/_/inbox/mine", headers={"authorization": "Bearer " + "r" * 32})
    assert [item["body"] for item in shown.json()] == ["1"]
