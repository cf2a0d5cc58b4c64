"""What nobody expected is answered, counted as what it is, and logged seldom and without secrets."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from common import free_port
from fastapi import FastAPI, Request
from starlette.types import Message

from app.admin.metrics import Measure, Metrics
from app.bootstrap import MERITHUB_ID
from app.dialects import errors
from app.dialects.registry import DIALECTS
from app.kit.seldom import Seldom
from app.kit.web import RequestId
from app.main import create_app
from app.settings import Settings

SECRET = "eyJhbGciOiJIUzI1NiJ9.a-join-link"


@pytest.fixture
def breaking() -> FastAPI:
    """The layers of the app, with routes that break."""
    app = FastAPI()
    app.state.metrics = Metrics()
    errors.install(app, DIALECTS)
    app.add_middleware(Measure, metrics=app.state.metrics)
    app.add_middleware(RequestId)

    @app.post("/v1/{client}/take")
    async def take(client: str, request: Request) -> str:
        return client + str(len(await request.body()))

    @app.get("/v1/{client}/{link}")
    def fail(client: str, link: str) -> None:
        raise RuntimeError(client)

    return app


@pytest.fixture
async def asking(breaking: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    # What breaks is answered: no exception leaves the app.
    async with httpx.AsyncClient(transport=httpx.ASGITransport(breaking), base_url="http://a.test") as client:
        yield client


@pytest.fixture
def away(tmp_path: Path) -> FastAPI:
    """The whole server, with nothing at its database's address."""
    nowhere = f"127.0.0.1:{free_port()}/homeroom"
    settings = Settings(data_dir=tmp_path, work=False)
    return create_app(settings, f"postgresql+asyncpg://{nowhere}", f"postgresql://{nowhere}")


def counted(app: FastAPI, status: int) -> float:
    """How many requests were counted under a status."""
    return sum(
        sample.value
        for family in app.state.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "homeroom_http_requests_total" and sample.labels["status"] == str(status)
    )


async def test_a_fault_is_logged_once_with_the_route_and_never_with_the_path(
    asking: httpx.AsyncClient, breaking: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asking.get(f"/v1/client/{SECRET}", headers={"origin": "https://school.example"})
    assert (answer.status_code, counted(breaking, 500)) == (500, 1)
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.getMessage() == f"GET /v1/{{client}}/{{link}} broke, trace {answer.json()['traceId']}"
    assert answer.headers["x-request-id"] == answer.json()["traceId"]
    assert SECRET not in caplog.text


async def test_pages_of_other_origins_may_read_that_something_broke(asking: httpx.AsyncClient) -> None:
    answer = await asking.get("/edu/apps/a/v2/rooms", headers={"origin": "https://school.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


async def hang_up(app: FastAPI, path: str, pieces: list[bytes]) -> list[Message]:
    """What is sent to a caller who breaks off in the middle of the body."""
    coming: list[Message] = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
    }
    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    "path", [f"/v1/{MERITHUB_ID}/users", f"/v1/{MERITHUB_ID}/api/token", "/_/admin/v1/tenants"]
)
async def test_a_caller_who_hangs_up_is_no_error(
    asgi: FastAPI, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    sent = await hang_up(asgi, path, [b'{"name": '])
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert (counted(asgi, 500), counted(asgi, 400)) == (0, 0), sent


async def test_a_caller_who_hangs_up_is_counted_as_one(breaking: FastAPI) -> None:
    await hang_up(breaking, "/v1/client/take", [b"{"])
    assert counted(breaking, 499) == 1


async def test_a_database_that_is_away_counts_as_503_and_is_a_line_a_second(
    away: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(away), base_url="http://localhost") as client:
        for _ in range(200):
            assert (await client.get(f"/v1/{MERITHUB_ID}/{SECRET}")).status_code == 503
    lines = [record.getMessage() for record in caplog.records if "is away" in record.getMessage()]
    assert (counted(away, 503), counted(away, 500)) == (200, 0)
    # The machine may take more than a second for the 200.
    assert 1 <= len(lines) < 50
    assert "OSError" in lines[0] or "CannotConnect" in lines[0] or "Connect" in lines[0]
    assert SECRET not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


def test_what_happens_often_gets_a_turn_seldom_and_is_counted() -> None:
    seconds = iter((0.0, 1.0, 9.9, 10.0, 30.0))
    seldom = Seldom(10, lambda: next(seconds))
    assert [seldom.turn() for _ in range(5)] == [0, None, None, 2, 0]
