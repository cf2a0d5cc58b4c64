"""Pages of other origins call the API, and no other vendor's; the vendor's own host names are that vendor."""

from typing import Any

import httpx
import pytest
from agora_program import Program
from fastapi import FastAPI

from app.dialects.agora import AGORA
from app.settings import Settings

PAGE = {"origin": "https://school.example"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HEADERS = ["content-type", "authorization", "x-agora-token", "x-agora-uid", "token"]
HOSTS = [
    *AGORA.host_names,
    "api-us-west-1.agora.io",
    "API.Agora.io:8000",
    "api.agora.io.",
    "api-cn-east-2.sd-rtn.com",
]
OTHERS = ["agora.io", "www.agora.io", "api.agora.io.evil.example", "evilapi.agora.io", "homeroom.test"]


def words(answer: httpx.Response, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers[name].split(",")}


async def preflight(client: httpx.AsyncClient, path: str, method: str, headers: str) -> httpx.Response:
    asked = {"access-control-request-method": method, "access-control-request-headers": headers}
    return await client.options(path, headers=PAGE | asked)


@pytest.mark.parametrize("region", ["", "/na", "/cn"])
@pytest.mark.parametrize("method", METHODS)
async def test_a_browser_may_send_what_the_vendors_client_sends(
    client: httpx.AsyncClient, method: str, region: str
) -> None:
    answer = await preflight(client, f"{region}/edu/apps/x/v2/rooms/r", method, ",".join(HEADERS))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert words(answer, "access-control-allow-methods") >= {method.lower() for method in METHODS}
    assert words(answer, "access-control-allow-headers") >= set(HEADERS)


async def test_it_may_read_every_answer(program: Program) -> None:
    await program.room()
    program.headers = PAGE
    done = await program.call("GET", "v2/rooms/algebra")
    missing = await program.call("GET", "v2/rooms/nowhere")
    program.headers = PAGE | {"x-agora-token": "none"}
    refused = await program.call("GET", "v2/rooms/algebra")
    lost = await program.client.get("/xx/edu/apps/y/v2/rooms/algebra", headers=PAGE)
    assert [one.status_code for one in (done, missing, refused, lost)] == [200, 404, 401, 404]
    for answer in (done, missing, refused, lost):
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert isinstance(answer.json()["code"], int)


async def test_it_may_read_that_we_broke(program: Program, asgi: FastAPI) -> None:
    """The program's own fault."""
    asgi.state.works = None
    program.headers = PAGE
    answer = await program.call("GET", "v2/rooms/algebra")
    assert (answer.status_code, answer.json()["code"]) == (500, 500)
    assert answer.json()["msg"] == "Internal Server Error"
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]


@pytest.mark.parametrize("path", ["/v1/x/users", "/livez", "/_/admin/v1/tenants", "/classv3", "/edux"])
async def test_other_paths_are_closed_to_it(client: httpx.AsyncClient, path: str) -> None:
    asked = await preflight(client, path, "GET", "content-type")
    read = await client.get(path, headers=PAGE)
    for answer in (asked, read):
        assert "access-control-allow-origin" not in answer.headers
    assert asked.status_code != 200


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a public URL: links follow the request. With a secret of its own it answers to any name."""
    update = {"public_url": None, "admin_token": "a-token-that-only-the-operator-knows"}
    return settings.model_copy(update=update)


@pytest.mark.parametrize("host", HOSTS)
async def test_the_vendors_host_speaks_the_vendors_language_alone(
    program: Program, admin: dict[str, str], host: str
) -> None:
    program.headers = {"host": host}
    await program.room()
    assert (await program.done("GET", "v2/rooms/algebra"))["roomUuid"] == "algebra"
    for path in ("/", "/docs", "/livez", "/_/admin/v1/tenants", "/v1/someclient/users", "/nowhere"):
        answer = await program.client.get(path, headers=admin | {"host": host})
        said = answer.json()
        assert (answer.status_code, said["code"]) == (404, 404), path
        assert said["msg"] == f"There is nothing at {path}."
        assert isinstance(said["ts"], int)


@pytest.mark.parametrize("host", OTHERS)
async def test_any_other_name_has_every_path(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/livez", headers={"host": host})).status_code == 200
    missing: Any = await client.get("/nowhere", headers={"host": host})
    assert missing.headers["content-type"] == "application/problem+json"
