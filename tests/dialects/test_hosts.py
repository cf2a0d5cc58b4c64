"""Asked under a vendor's own host name, the server is that vendor; under any other, it is everything."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jose import jws

from app.dialects.merithub import MERITHUB
from app.settings import Settings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NAMES = [*MERITHUB.host_names, "class2.meritgraph.com", "serviceaccount12.merithub.com"]
FORMS = [
    "class1.meritgraph.com:8000",
    "CLASS1.MeritGraph.com",
    "class1.meritgraph.com.",
    "live.merithub.com:443",
]
OPERATORS = "a-token-that-only-the-operator-knows"
OTHERS = [
    "homeroom.test",
    "127.0.0.1:8000",
    "[::1]:8000",
    "meritgraph.com",
    "class1.meritgraph.com.evil.example",
    "evilclass1.meritgraph.com",
    "classx.meritgraph.com",
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a public URL: links follow the request. With a secret of its own it answers to any name."""
    return settings.model_copy(update={"public_url": None, "admin_token": OPERATORS})


def test_the_vendors_page_names_are_known() -> None:
    assert {"serviceaccount1.meritgraph.com", "class1.meritgraph.com", "live.merithub.com"} <= set(
        MERITHUB.host_names
    )
    older = {"merithub.com", "s1.serviceaccounts.merithub.net", "s1.classes.merithub.net"}
    assert older <= set(MERITHUB.host_names)


@pytest.mark.parametrize("host", [*NAMES, *FORMS])
async def test_the_vendors_host_speaks_the_vendors_language_alone(
    client: httpx.AsyncClient, host: str
) -> None:
    for path in (
        "/",
        "/docs",
        "/metrics",
        "/livez",
        "/_/admin/v1/tenants",
        "/_/inbox/merithub",
        "/nowhere",
        "/_/",
    ):
        answer = await client.get(path, headers={"host": host})
        assert answer.status_code == 404, path
        assert answer.json() == {
            "code": "pathNotFound",
            "message": f"There is nothing at {path}.",
            "traceId": answer.headers["x-request-id"],
        }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_so_it_does_for_every_method(client: httpx.AsyncClient, admin: Any, method: str) -> None:
    headers = admin | {"host": "class1.meritgraph.com"}
    answer = await client.request(method, "/_/admin/v1/tenants", json={"name": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "pathNotFound")


@pytest.mark.parametrize("host", OTHERS)
async def test_any_other_name_has_every_path(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/livez", headers={"host": host})).status_code == 200
    missing = await client.get("/nowhere", headers={"host": host})
    assert missing.headers["content-type"] == "application/problem+json"
    refused = await client.get("/v1/someclient/users", headers={"host": host})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("host", [*NAMES, *FORMS])
async def test_a_token_is_given_and_names_the_host_that_was_asked(
    client: httpx.AsyncClient, merithub: Any, host: str
) -> None:
    assertion = jws.sign({"iss": merithub.client_id}, merithub.client_secret)
    path = f"/v1/{merithub.client_id}/api/token"
    form = {"grant_type": GRANT, "assertion": assertion}
    answer = await client.post(path, data=form, headers={"host": host})
    assert answer.status_code == 200, answer.text
    assert answer.json()["api_domain"] == f"http://{host}/{merithub.client_id}/api/token"


async def test_a_host_that_is_none_gets_into_no_link(client: httpx.AsyncClient, merithub: Any) -> None:
    assertion = jws.sign({"iss": merithub.client_id}, merithub.client_secret)
    path, form = f"/v1/{merithub.client_id}/api/token", {"grant_type": GRANT, "assertion": assertion}
    for host in ('evil.example/"><script>', "a,b", "user@evil.example", ""):
        answer = await client.post(path, data=form, headers={"host": host})
        assert answer.json()["api_domain"] == f"http://127.0.0.1:8000/{merithub.client_id}/api/token"


async def test_pages_have_their_needs_under_the_vendors_name(
    client: httpx.AsyncClient, merithub: Any
) -> None:
    headers = {"host": "live.merithub.com"}
    page = await client.get(f"/info/room/{merithub.client_id}/nolink", headers=headers)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert (await client.get("/_/static/room/main.js", headers=headers)).status_code == 200
    missing = await client.get("/_/static/nothing.js", headers=headers)
    assert (missing.status_code, missing.json()["code"]) == (404, "pathNotFound")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/_/room/tenant/link/socket", "websocket.accept"),
        ("/_/elsewhere", "websocket.close"),
        ("/docs", "websocket.close"),
    ],
)
async def test_sockets_open_under_the_vendors_name(asgi: FastAPI, path: str, answer: str) -> None:
    sent: list[str] = []
    heard = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}])

    async def receive() -> Any:
        return next(heard)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"live.merithub.com")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "subprotocols": [],
    }
    await asgi(scope, receive, send)
    assert sent[0] == answer
