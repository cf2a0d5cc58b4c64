import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from bounded import within
from hypothesis import given
from hypothesis import strategies as st

from app.kit.forwarded import networks
from app.kit.outbound import Sender, check_url, is_public, may_be_reached
from app.kit.outbound.connections import place_of
from app.rules.refusals import BadValue

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender() as sender:
        yield sender


@contextlib.asynccontextmanager
async def raw_server(
    speak: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A server that answers any request with whatever `speak` writes."""

    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                await speak(writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for task in handlers:
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


async def test_the_exact_bytes_and_headers_arrive(sender: Sender, receiver: Any) -> None:
    answer = await sender.post(receiver.url, b'{"a":  1}', {"webhook-id": "m"}, allow_private=True)
    assert (answer.status, answer.body, answer.error) == (200, b"ok", None)
    [got] = receiver.requests
    assert got.body == b'{"a":  1}'
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("Homeroom")
    assert got.headers["webhook-id"] == "m"


async def test_a_redirect_is_not_followed(sender: Sender, receiver: Any) -> None:
    async def redirect(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"location": f"{receiver.url}/elsewhere"})

    receiver.answers = [redirect]
    answer = await sender.post(receiver.url, b"{}", {}, allow_private=True)
    assert answer.status == 307
    assert [got.path for got in receiver.requests] == ["/pings"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_loopback_is_not_dialled_in_any_spelling(sender: Sender, receiver: Any, host: str) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    answer = await sender.post(url, b"{}", {}, allow_private=False)
    assert answer.status is None
    assert answer.error
    assert receiver.requests == []


async def test_an_open_connection_of_another_tenant_is_no_way_in(sender: Sender, receiver: Any) -> None:
    assert (await sender.post(receiver.url, b"{}", {}, allow_private=True)).status == 200
    assert (await sender.post(receiver.url, b"{}", {}, allow_private=False)).status is None
    assert len(receiver.requests) == 1


async def test_the_environment_names_no_proxy(
    sender: Sender, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert (await sender.post(receiver.url, b"{}", {}, allow_private=True)).status == 200


async def test_an_endless_body_is_cut(sender: Sender) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        while True:
            writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
            await writer.drain()

    async with raw_server(endless) as url:
        answer = await sender.post(url, b"{}", {}, allow_private=True)
    assert answer.status == 200
    assert answer.body == b"x" * 65_536


async def test_a_body_that_trickles_ends_with_the_total_time() -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with raw_server(trickle) as url, Sender(seconds=0.3) as sender:
        answer = await sender.post(url, b"{}", {}, allow_private=True)
    assert answer.status is None
    assert "Timeout" in (answer.error or "")
    assert 200 <= answer.duration_ms < 3_000


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"])
async def test_a_broken_answer_is_an_error_and_no_exception(sender: Sender, said: bytes) -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async with raw_server(speak) as url:
        answer = await sender.post(url, b"{}", {}, allow_private=True)
    assert answer.status is None
    assert answer.error


URLISH = "ab.:/[]@%v1?#&=-_\\ \t\n\0\u00fc\u3002\uff0e{}"
UNREADABLE = [
    "http://a b.example/",
    "http://example.com/a b",
    "http://example.com/a\tb",
    "http://example.com/\r\nx: y",
    "http://exam\nple.com/",
    "http://example.com/\0",
    "http://example.com/\x7f",
    "http://example.com/\u200b",
    "http://example.com:0/",
    "http://example.com:x/",
    "http://example.com:-1/",
    "http://[v1.x]/",
    "http://[::1%25eth0]/",
    "http://[1.2.3.4]/",
    "http://example.com\\@127.0.0.1/",
    "http://a..b/",
    "http://-a.example/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
    "http://ex%41mple.com/",
    "http://@example.com/",
    "http:///x",
    "http:x",
    "//example.com/",
    "javascript:alert(1)",
    "",
    " ",
]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - a target, not something to bind
        "192.0.0.8",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "::ffff:0:8.8.8.8",
        "64:ff9b:1::808:808",
        "100::1",
        "100:0:0:1::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "5f00::1",
        "4000::1",
        "8000::1",
        "fec0::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "example.com/pings",
        "http://",
        "http://[::1",
        "http://example.com:99999/",
        "http://user:pw@example.com/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]:8000/",
        "http://localhost/",
        "http://api.localhost/",
        "http://169.254.169.254/latest",
        "http://\uff11\uff12\uff17.0.0.1/",
        *UNREADABLE,
    ],
)
def test_urls_that_are_refused_when_saved(url: str) -> None:
    with pytest.raises(BadValue) as refused:
        check_url(url, allow_private=False)
    assert refused.value.field == "url"


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_is_no_url_is_none_for_those_who_may_send_anywhere(url: str) -> None:
    with pytest.raises(BadValue):
        check_url(url, allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/pings?x=1",
        " https://example.com/pings\n",
        "https://example.com.:8443/",
        "https://example.com:/#part",
        "https://sch\u00fcle.example/pr\u00fcfung?n=\u00e4",
        "https://[2606:4700:4700::1111]:8443/x",
        "https://example.com/a%20b%00",
        "https://a-b.example/[x]~!$&'()*+,;=:@",
    ],
)
def test_urls_that_are_taken_when_saved(url: str) -> None:
    check_url(url, allow_private=False)
    check_url("http://127.0.0.1:9/pings", allow_private=True)
    check_url("http://my_app:8000/pings", allow_private=True)


@given(st.one_of(st.text(max_size=40), st.text(URLISH, max_size=30).map(lambda text: f"http://{text}")))
def test_whatever_is_given_as_a_url_is_taken_or_refused_by_its_field(url: str) -> None:
    for private in (True, False):
        with within(0.5):
            field = saved(url, allow_private=private)
            if field is None:
                place = place_of(url.strip())
                assert place.server[2] > 0
                assert place.target.startswith("/")
                assert not set(place.authority + place.target) & set(" \r\n\t\0")
            else:
                assert field == "url"


def saved(url: str, *, allow_private: bool) -> str | None:
    """The field that refuses it, if it is refused."""
    try:
        check_url(url, allow_private=allow_private)
    except BadValue as refusal:
        return refusal.field
    return None


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fd00:7::1", True),
        ("1.1.1.1", True),
        ("10.2.0.1", False),
        ("127.0.0.1", False),
        ("fd00:8::1", False),
        ("64:ff9b::a01:203", False),
    ],
)
def test_private_networks_that_the_operator_allows(address: str, *, reached: bool) -> None:
    assert may_be_reached(address, networks("10.1.0.0/16, fd00:7::/32")) is reached


async def test_an_allowed_network_is_dialled_and_no_other(receiver: Any) -> None:
    async with Sender(allowed=networks("127.0.0.1")) as sender:
        here = await sender.post(receiver.url, b"{}", {}, allow_private=False)
        beside = await sender.post(
            receiver.url.replace("127.0.0.1", "127.0.0.2"), b"{}", {}, allow_private=False
        )

    assert here.status == 200
    assert beside.status is None
    assert "127.0.0.2 is not a public address" in str(beside.error)
    assert len(receiver.requests) == 1


def test_a_url_into_an_allowed_network_is_taken_when_saved() -> None:
    check_url("http://localhost:9/pings", allow_private=False, allowed=networks("127.0.0.0/8"))
    with pytest.raises(BadValue):
        check_url("http://10.0.0.1/pings", allow_private=False, allowed=networks("127.0.0.0/8"))
