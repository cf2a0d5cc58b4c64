"""Guarded requests leave through the operator's proxy, which dials; the others go past it."""

import base64
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from common import free_port
from egress import Proxy, opened_proxy
from hostile import Taken, opened
from names import NameServer
from pydantic import ValidationError

from app.kit.certificates import issue, new_authority
from app.kit.outbound import Sender
from app.settings import Settings

NAME = "receiver.example"
PUBLIC = "93.184.215.14"


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with opened_proxy() as proxy:
        yield proxy


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> NameServer:
    names = NameServer()
    names.answers[NAME] = [[PUBLIC]]
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


@pytest.fixture
async def sender(names: NameServer, proxy: Proxy) -> AsyncIterator[Sender]:
    async with Sender(seconds=5, proxy=proxy.url) as sender:
        yield sender


def address_of(receiver: Any) -> tuple[str, int]:
    return "127.0.0.1", int(receiver.url.split(":")[2].split("/")[0])


@asynccontextmanager
async def secure_receiver(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, int]]:
    """A receiver of its own name with https, by an authority that the system trusts."""
    now = datetime.now(UTC)
    authority = new_authority([NAME], now)
    own = issue(authority, [NAME], now)
    (folder / "certificate.pem").write_bytes(own.certificate)
    (folder / "key.pem").write_bytes(own.key)
    speaking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    speaking.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    (folder / "authority.pem").write_bytes(authority.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))

    async def take(request: web.Request) -> web.Response:
        return web.Response(text=f"took {(await request.read()).decode()}")

    app = web.Application()
    app.router.add_post("/pings", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=speaking).start()
    yield "127.0.0.1", port
    await runner.cleanup()


async def test_https_goes_through_a_tunnel_that_ends_at_the_receiver(
    names: NameServer, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        secure_receiver(tmp_path, monkeypatch) as there,
        Sender(seconds=5, proxy=proxy.url) as sender,
    ):
        proxy.lets[f"{NAME}:443"] = there
        answer = await sender.post(f"https://{NAME}/pings", b"1", {}, allow_private=False)
    assert (answer.status, answer.body, answer.error) == (200, b"took 1", None)
    assert proxy.asked == [f"CONNECT {NAME}:443"]
    word = base64.b64encode(b"homeroom:word").decode()
    assert proxy.credentials == [f"Proxy-Authorization: Basic {word}"]


async def test_plain_http_is_asked_of_the_proxy(sender: Sender, proxy: Proxy, receiver: Any) -> None:
    proxy.lets[NAME] = address_of(receiver)
    answer = await sender.post(f"http://{NAME}/pings", b"1", {"webhook-id": "m"}, allow_private=False)
    assert (answer.status, answer.body) == (200, b"ok")
    assert proxy.asked == [f"POST http://{NAME}/pings"]
    [got] = receiver.requests
    assert (got.body, got.headers["webhook-id"]) == (b"1", "m")


@pytest.mark.parametrize("url", [f"https://{NAME}/", f"http://{NAME}/"])
async def test_what_the_proxy_refuses_is_no_answer_of_the_receiver(
    sender: Sender, proxy: Proxy, url: str
) -> None:
    answer = await sender.post(url, b"1", {}, allow_private=False)
    assert (answer.status, len(proxy.asked)) == (None, 1)
    assert answer.error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "0x7f.1", "inside.example"])
async def test_private_addresses_are_not_even_asked_of_the_proxy(
    sender: Sender, proxy: Proxy, names: NameServer, host: str
) -> None:
    names.answers["inside.example"] = [["10.0.0.7"]]
    answer = await sender.post(f"https://{host}/pings", b"1", {}, allow_private=False)
    assert (answer.status, answer.refused, proxy.asked) == (None, True, [])
    assert "must lead to a public address" in (answer.error or "")


async def test_who_may_reach_loopback_goes_past_the_proxy(
    sender: Sender, proxy: Proxy, receiver: Any
) -> None:
    assert (await sender.post(receiver.url, b"1", {}, allow_private=True)).status == 200
    assert proxy.asked == []


async def test_a_proxy_that_is_away_is_a_failed_connection(names: NameServer) -> None:
    async with Sender(seconds=5, proxy=f"http://127.0.0.1:{free_port()}") as sender:
        answer = await sender.post(f"https://{NAME}/", b"1", {}, allow_private=False)
    assert (answer.status, answer.refused) == (None, True)


@pytest.mark.parametrize("url", ["proxy.internal:4750", "https://proxy.internal", "http://", "socks5://p:1"])
def test_only_an_http_proxy_can_be_set(url: str) -> None:
    with pytest.raises(ValidationError, match="http://host:port"):
        Settings(egress_proxy=url)


async def test_what_is_no_text_in_an_answer_through_the_proxy_can_be_kept(
    sender: Sender, proxy: Proxy
) -> None:
    async def speak(taken: Taken) -> None:
        await taken.say(b"HTTP/1.1 200 O\xffK\r\nx-more: \xff\xfe\r\ncontent-length: 0\r\n\r\n")

    async with opened(speak) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        proxy.lets[NAME] = ("127.0.0.1", port)
        answer = await sender.post(f"http://{NAME}/", b"{}", {}, allow_private=False)
    assert answer.status == 200
    assert "x-more" in answer.head
    assert answer.head.encode()
