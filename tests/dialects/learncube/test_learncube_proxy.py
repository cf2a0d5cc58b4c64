"""A server with an egress proxy asks its customers through it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from aiohttp import web
from egress import Proxy, opened_proxy

from app.domain import outbox, tenants
from app.kit.work import Works
from app.settings import Settings


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with opened_proxy() as proxy:
        yield proxy


@pytest.fixture
def settings(tmp_path: Path, proxy: Proxy) -> Settings:
    return Settings(data_dir=tmp_path, public_url="http://homeroom.test", work=False, egress_proxy=proxy.url)


async def test_the_question_at_the_door_leaves_through_the_proxy(
    client: httpx.AsyncClient, works: Works, proxy: Proxy, receiver: Any
) -> None:
    async def no(_: web.Request) -> web.Response:
        return web.Response(text=json.dumps({"status": False, "message": "Not today"}))

    receiver.answers = [no]
    proxy.lets["school.invalid"] = ("127.0.0.1", urlsplit(receiver.url).port or 0)
    async with works.begin() as work:
        school = await tenants.create(work, "School")
        await outbox.subscribe(work, school.tenant_id, "learncube", "callback", "http://school.invalid/call")
    answer = await client.post("/classv3/enter", json={"token": "ABC123", "user_id": "111"})
    assert answer.json()["message"] == "Not today"
    [asked] = proxy.asked
    assert asked.startswith("POST http://school.invalid/call?request=connect_lesson")
    assert receiver.requests[0].json["token"] == "ABC123"
