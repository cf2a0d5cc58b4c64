"""With development credentials, which everybody knows, a server answers under names of its own alone."""

from typing import Any

import httpx
import pytest
from common import free_port
from fastapi import FastAPI
from jose import jws

from app.domain import outbox
from app.kit.work import Works
from app.main import create_app
from app.settings import Settings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
OWN = [
    "localhost",
    "LOCALHOST:8000",
    "localhost.",
    "school.localhost:8000",
    "127.0.0.1:8000",
    "127.1.2.3",
    "[::1]:8000",
    "[::ffff:127.0.0.1]",
    "class.example",
    "class.example:443",
    "class1.meritgraph.com",
]
OTHERS = [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "notlocalhost",
    "192.168.1.5:8000",
    "10.0.0.1",
    "0.0.0.0",  # noqa: S104 - asked for, not listened on
    "[::]",
    "class.example.evil.example",
    "",
    "a,localhost",
    "localhost:x",
]
SHORT: dict[str, str] = {}
LONG = {"origin": "https://school.example"}
"""A request of another origin goes through all layers."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://class.example"})


@pytest.mark.parametrize("way", [SHORT, LONG], ids=["short", "layers"])
@pytest.mark.parametrize("host", OWN)
async def test_names_of_its_own_are_answered(
    client: httpx.AsyncClient, merithub: Any, host: str, way: dict[str, str]
) -> None:
    form = {"grant_type": GRANT, "assertion": jws.sign({"iss": merithub.client_id}, merithub.client_secret)}
    answer = await client.post(f"/v1/{merithub.client_id}/api/token", data=form, headers={"host": host} | way)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("way", [SHORT, LONG], ids=["short", "layers"])
@pytest.mark.parametrize("host", OTHERS)
async def test_other_names_read_nothing_with_what_everybody_knows(
    client: httpx.AsyncClient, admin: dict[str, str], host: str, way: dict[str, str]
) -> None:
    for path in ("/_/admin/v1/tenants", "/_/inbox/merithub", "/v1/someclient/users", "/livez", "/docs"):
        answer = await client.get(path, headers=admin | {"host": host} | way)
        assert answer.status_code == 421, (path, answer.text)
        assert "HOMEROOM_PUBLIC_URL" in answer.text


async def test_what_is_refused_is_said_in_the_voice_of_the_path(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/someclient/users", headers={"host": "evil.example"})
    assert answer.json().keys() == {"code", "message", "traceId"}


async def test_no_socket_opens_under_other_names(asgi: FastAPI) -> None:
    sent: list[str] = []
    scope = {
        "type": "websocket",
        "path": "/_/room/tenant/link/socket",
        "raw_path": b"/_/room/tenant/link/socket",
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "headers": [(b"host", b"evil.example")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "subprotocols": [],
    }

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await asgi(scope, receive, send)
    assert sent == ["websocket.close"]


async def test_the_names_of_tenants_endpoints_are_answered(
    client: httpx.AsyncClient, works: Works, tenant: Any, admin: dict[str, str]
) -> None:
    headers = admin | {"host": "live.school.example:8000"}
    assert (await client.get("/_/admin/v1/tenants", headers=headers)).status_code == 421
    async with works.begin() as work:
        await outbox.endpoints.add(
            work, tenant.tenant_id, "learncube", "live.school.example", "http://127.0.0.1:1/"
        )
    assert (await client.get("/_/admin/v1/tenants", headers=headers)).status_code == 200


async def test_without_a_database_other_names_are_told_to_come_again(tmp_path: Any) -> None:
    nowhere = f"127.0.0.1:{free_port()}/homeroom"
    app = create_app(
        Settings(data_dir=tmp_path, work=False), f"postgresql+asyncpg://{nowhere}", f"postgresql://{nowhere}"
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://other.example"
    ) as client:
        answer = await client.get("/livez")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_with_a_secret_of_its_own_it_answers_to_any_name(tmp_path: Any) -> None:
    nowhere = f"127.0.0.1:{free_port()}/homeroom"
    settings = Settings(data_dir=tmp_path, work=False, admin_token="a-token-that-only-the-operator-knows")
    app = create_app(settings, f"postgresql+asyncpg://{nowhere}", f"postgresql://{nowhere}")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://any.example") as client:
        assert (await client.get("/livez")).status_code == 200
