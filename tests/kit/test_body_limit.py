"""Bodies are bounded, whether or not they say their size."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from app.bootstrap import MERITHUB_ID
from app.kit import web


async def test_a_body_past_the_limit_is_refused_in_the_voice_of_its_path(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/someclient/users", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code in (401, 413)
    assert set(answer.json()) == {"code", "message", "traceId"}


async def test_a_body_that_never_says_its_size_is_cut_off_too(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64:
            sent += 1
            yield b"x" * 65536

    answer = await client.post("/_/admin/v1/tenants", content=endless(), headers=admin)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert sent < 64


SLOW = f"POST /v1/{MERITHUB_ID}/users HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n"


@pytest.mark.parametrize("way", ["", "origin: https://school.example\r\n"], ids=["short", "layers"])
def test_a_body_that_stops_is_refused_and_the_connection_closed(
    server: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.05)
    host, _, port = server.base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall((SLOW + way + '\r\n{"name"').encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert json.loads(answer.partition(b"\r\n\r\n")[2]).keys() == {"code", "message", "traceId"}


async def dripping() -> Message:
    """A body without end, a byte at a time."""
    await asyncio.sleep(0)
    return {"type": "http.request", "body": b"x", "more_body": True}


async def test_a_body_of_a_byte_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.01)
    monkeypatch.setattr(web, "SLOWEST", 1e12)
    paced = web.Paced(dripping)

    async def read() -> None:
        while (await paced())["more_body"]:
            pass

    with pytest.raises(HTTPException) as refused:
        await read()
    assert refused.value.status_code == 408


async def test_a_body_may_take_long_as_long_as_it_makes_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.01)
    monkeypatch.setattr(web, "SLOWEST", 1)
    paced, loop = web.Paced(dripping), asyncio.get_running_loop()
    over = loop.time() + 5 * web.PATIENCE
    while loop.time() < over:
        assert (await paced())["more_body"]
