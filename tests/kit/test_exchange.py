"""Connections of the sender: kept and used again, and never read past what was asked for."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from names import NameServer

from app.kit.certificates import issue, new_authority
from app.kit.outbound import Answer, Sender, connections, exchange

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """A server that answers each request with the next of `answers` (the last again and again)."""

    def __init__(self, *answers: bytes, close: bool = False) -> None:
        self.answers = list(answers)
        self.close = close
        self.connections = 0
        self.open = 0
        self.requests: list[bytes] = []
        self.url = ""
        self.changed = asyncio.Event()

    async def see(self, what: Callable[["Server"], bool]) -> None:
        """Return when this is so."""
        async with asyncio.timeout(5):
            while not what(self):
                self.changed.clear()
                await self.changed.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                self.changed.set()
                writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
                await writer.drain()
                if self.close:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.open -= 1
            self.changed.set()


@asynccontextmanager
async def serving(server: Server, secured: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=secured)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if secured else 'http'}://localhost:{port}/pings?a=1"
    yield server
    listening.close()


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(seconds=5) as sender:
        yield sender


async def post(sender: Sender, url: str, **headers: str) -> Answer:
    return await sender.post(url, b"{}", headers, allow_private=True)


async def test_a_request_is_whole_and_plain(sender: Sender) -> None:
    async with serving(Server(OK)) as server:
        answer = await post(sender, server.url, **{"webhook-id": "m", "content-type": "text/plain"})
    port = server.url.rpartition(":")[2].partition("/")[0]
    assert server.requests == [
        b"POST /pings?a=1 HTTP/1.1\r\nhost: localhost:%s\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n"
        b"user-agent: Homeroom/1\r\naccept: */*\r\nwebhook-id: m\r\n\r\n{}" % port.encode()
    ]
    assert answer.head == "200 OK\ncontent-length: 2"
    assert answer.asked.startswith(f"POST {server.url}\ncontent-type: text/plain\n")


async def test_what_is_no_ascii_in_a_url_is_sent_as_urls_have_it(sender: Sender) -> None:
    async with serving(Server(OK)) as server:
        await post(sender, server.url.replace("/pings?a=1", "/päng?q=a b&c=ü#part"))
    assert server.requests[0].startswith(b"POST /p%C3%A4ng?q=a+b&c=%C3%BC HTTP/1.1\r\n")


async def test_a_connection_is_used_again(sender: Sender) -> None:
    async with serving(Server(OK)) as server:
        for _ in range(3):
            assert (await post(sender, server.url)).status == 200
        assert server.connections == 1
        await asyncio.gather(*(post(sender, server.url) for _ in range(3)))
        assert server.connections == 3


async def test_a_connection_that_nobody_uses_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.05)
    async with serving(Server(OK)) as server, Sender() as sender:
        await post(sender, server.url)
        await server.see(lambda server: not server.open)
        assert (await post(sender, server.url)).status == 200
        assert server.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 500 No\r\ncontent-length: 5\r\n\r\nagain",
        OK + b"what nobody asked for",
    ],
)
async def test_a_connection_that_is_not_in_order_is_not(sender: Sender, said: bytes) -> None:
    async with serving(Server(said, OK)) as server:
        first = await post(sender, server.url)
        assert (first.status, first.body, first.head.splitlines()[0]) == (200, b"ok", first.head[:6])
        assert (await post(sender, server.url)).body == b"ok"
        assert server.connections == 2


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nmore: 1\r\n\r\n", b"ok"),
    ],
)
async def test_answers_of_all_shapes_are_read(sender: Sender, said: bytes, body: bytes) -> None:
    async with serving(Server(said, close=True)) as server:
        answer = await post(sender, server.url)
    assert answer.error is None
    assert answer.status in (200, 204)
    assert answer.body == body
    assert "more" not in answer.head
    assert "link" not in answer.head


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"more: 1\r\n" * 200_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;" + b"x" * 2_000_000,
    ],
)
async def test_what_is_no_answer_is_an_error(sender: Sender, said: bytes) -> None:
    async with serving(Server(said)) as server:
        answer = await post(sender, server.url)
        await server.see(lambda server: not server.open)
    assert (answer.status, answer.refused) == (None, False)
    assert answer.error is not None
    assert answer.error.startswith("BrokenAnswerError: ")


async def test_a_header_of_two_lines_is_not_sent(sender: Sender) -> None:
    async with serving(Server(OK)) as server:
        for value in ("a\r\nb: c", "a\nb", "a\rb"):
            answer = await post(sender, server.url, wrong=value)
            assert (answer.status, answer.error) == (None, "ValueError: a header has more than one line")
    assert server.requests == []


async def test_who_is_cancelled_leaves_no_connection_behind(sender: Sender) -> None:
    async with serving(Server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhal")) as server:
        asking = asyncio.create_task(post(sender, server.url))
        await server.see(lambda server: bool(server.requests))
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await server.see(lambda server: not server.open)


async def test_an_address_that_is_not_there_is_no_answer_and_known_as_such(sender: Sender) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer = await post(sender, f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert (answer.status, answer.refused) == (None, True)
    assert "cannot connect to 127.0.0.1" in (answer.error or "")


async def test_a_name_with_several_addresses_is_reached_at_one_that_is_there(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = NameServer()
    names.answers["many.example"] = [["127.0.0.3", "127.0.0.2", "127.0.0.1"]]
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    async with serving(Server(OK)) as server:
        answer = await post(sender, server.url.replace("localhost", "many.example"))
    assert answer.status == 200


async def test_name_servers_that_do_not_answer_hold_up_no_other_name(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, silent = NameServer(), threading.Event()
    names.answers["quick.example"] = [["127.0.0.1"]]

    def look_up(host: Any, *more: Any) -> list[Any]:
        if host.startswith("slow"):
            silent.wait(10)
        return names.getaddrinfo(host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving(Server(OK)) as server:
        slow = [
            asyncio.create_task(post(sender, server.url.replace("localhost", f"slow{number}.example")))
            for number in range(40)
        ]
        answer = await post(sender, server.url.replace("localhost", "quick.example"))
        assert answer.status == 200
        assert not any(one.done() for one in slow)
        silent.set()
        assert {(one.status, one.refused) for one in await asyncio.gather(*slow)} == {(None, True)}


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """How a server on this machine speaks, and how one believes it."""
    now = datetime.now(UTC)
    authority = new_authority(["localhost"], now)
    own = issue(authority, ["localhost"], now)
    (tmp_path / "certificate.pem").write_bytes(own.certificate)
    (tmp_path / "key.pem").write_bytes(own.key)
    speaking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    speaking.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return speaking, ssl.create_default_context(cadata=authority.certificate.decode())


async def test_https_is_spoken_to_who_proves_the_name(certified: Any) -> None:
    speaking, believing = certified
    async with serving(Server(OK), speaking) as server:
        async with Sender(believing) as sender:
            assert [(await post(sender, server.url)).status for _ in range(2)] == [200, 200]
            assert server.connections == 1
            other = await post(sender, server.url.replace("localhost", "127.0.0.1"))
        async with Sender() as sender:
            unknown = await post(sender, server.url)
        assert len(server.requests) == 2
    for answer in (other, unknown):
        assert (answer.status, answer.refused) == (None, True)
        assert "certificate verify failed" in (answer.error or "").lower()


def test_bounds_of_an_answer() -> None:
    assert exchange.HEAD_BYTES < exchange.BODY_BYTES < exchange.ANSWER_BYTES


class Tired(Server):
    """Answers one request on each connection, and closes it without a word when the next one comes."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        await reader.readuntil(b"{}")
        writer.write(OK)
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"{}")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self.open -= 1
        self.changed.set()


async def test_a_kept_connection_that_is_closed_instead_of_an_answer_costs_no_try() -> None:
    async with serving(Tired()) as server:
        async with Sender(seconds=5) as sender:
            answers = [await post(sender, server.url) for _ in range(3)]
        await server.see(lambda server: not server.open)
    assert [(one.status, one.error) for one in answers] == [(200, None)] * 3
    assert server.connections == 3


async def test_a_server_that_closes_after_each_answer_gets_everything_once(sender: Sender) -> None:
    async with serving(Server(OK, close=True)) as server:
        answers = [await post(sender, server.url) for _ in range(50)]
        await server.see(lambda server: not server.open)
    assert [(one.status, one.error) for one in answers] == [(200, None)] * 50
    assert len(server.requests) == 50


async def test_what_is_asked_of_a_connection_that_is_gone_fails() -> None:
    with pytest.raises(exchange.BrokenAnswerError):
        await exchange.Exchange().ask(b"POST / HTTP/1.1\r\n\r\n", 1.0)
