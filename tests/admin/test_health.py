"""Health and figures, as a load balancer and Prometheus read them."""

import re

import httpx
import pytest
from fastapi import FastAPI

from app.database import Address
from app.main import create_app
from app.settings import Settings


async def test_a_running_process_is_live(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200


async def test_a_migrated_database_makes_it_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz", params={"wait": "5s"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("wait", ["0s", "1s"])
async def test_a_database_of_another_version_is_not_ready(
    client: httpx.AsyncClient, asgi: FastAPI, monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    monkeypatch.setattr(asgi.state, "head_revision", "newer", raising=False)

    answer = await client.get("/readyz", params={"wait": wait})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "needs newer: run `homeroom migrate`" in answer.json()["detail"]


async def test_a_wait_that_is_no_time_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz", params={"wait": "soon"})

    assert (answer.status_code, answer.json()["field"]) == (400, "wait")


async def test_requests_are_counted_by_the_template_of_their_route(client: httpx.AsyncClient) -> None:
    for name in ("one", "two"):
        await client.get(f"/_/inbox/{name}")
    await client.get("/no/such/path")

    text = (await client.get("/metrics")).text

    counted = r'homeroom_http_requests_total\{method="GET",route="/_/inbox/\{name\}",status="200"\} 2\.0'
    assert re.search(counted, text)
    assert 'route="unmatched",status="404"' in text
    assert "/no/such/path" not in text
    assert "homeroom_deliveries_waiting 0.0" in text
    assert "homeroom_jobs_failing 0.0" in text
    assert "homeroom_jobs_dead 0.0" in text
    assert "homeroom_websockets 0.0" in text


async def test_a_process_that_cannot_bring_its_own_database_back_is_not_live(
    settings: Settings, database: Address
) -> None:
    said: list[str | None] = [None, "The embedded PostgreSQL ended."]
    app = create_app(settings, database.url, database.dsn, trouble=lambda: said.pop(0))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://homeroom.test") as client:
        assert (await client.get("/livez")).json() == {"status": "live"}
        answer = await client.get("/livez")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "The embedded PostgreSQL ended."
