"""The head of an answer goes out together with the beginning of its body, and never without need of it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from app.kit import answers
from app.kit.answers import Answering

HOST = b"host: homeroom.test\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"


class Wire(asyncio.Transport):
    """What goes over the wire, write by write."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 1), "peername": ("127.0.0.1", 2)})
        self.written: list[bytes] = []
        self.closed = self.hung_up = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if data:
            self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def start(status: int = 200, **headers: str) -> Message:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": told}


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def said_to(path: str) -> Iterator[Message]:
    match path:
        case "/plain":
            yield from (start(content_length="5"), body(b"hello"))
        case "/nothing":
            yield from (start(204), body(b""))
        case "/parts":
            yield from (start(), body(b"one", more=True), body(b"two", more=True), body(b""))
        case "/broken":
            yield start(content_length="5")
            raise RuntimeError("broken")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    for message in said_to(scope["path"]):
        await send(message)


async def asked(*pieces: bytes) -> Wire:
    """What goes out on a connection on which these pieces come in."""
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    state, wire = ServerState(), Wire()
    protocol: Any = Answering(config, state, {})
    wire.set_protocol(protocol)
    protocol.connection_made(wire)
    for piece in pieces:
        protocol.data_received(piece)
        # All that can be said to this piece; more is said to the next.
        for _ in range(50):
            await asyncio.sleep(0)
    wire.hung_up = wire.closed
    protocol.connection_lost(None)
    return wire


@pytest.mark.parametrize(
    ("request_", "written"),
    [
        (b"GET /plain HTTP/1.1\r\n", [HEAD + b"hello"]),
        (b"GET /nothing HTTP/1.1\r\n", [b"HTTP/1.1 204 No Content\r\n\r\n"]),
        (b"HEAD /plain HTTP/1.1\r\n", [HEAD]),
        (
            b"GET /parts HTTP/1.1\r\n",
            [
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n",
                b"3\r\ntwo\r\n",
                b"0\r\n\r\n",
            ],
        ),
    ],
)
async def test_an_answer_is_written_in_as_few_pieces_as_it_has(request_: bytes, written: list[bytes]) -> None:
    wire = await asked(request_ + HOST)
    assert wire.written == written


async def test_requests_on_one_connection_are_answered_one_after_the_other() -> None:
    wire = await asked((b"GET /plain HTTP/1.1\r\n" + HOST) * 3)
    assert wire.written == [HEAD + b"hello"] * 3


async def test_a_program_that_asks_whether_to_send_its_body_is_told_before_the_answer() -> None:
    head = b"POST /plain HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n"
    wire = await asked(head + HOST, b"{}")
    assert wire.written == [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"hello"]


async def test_the_last_answer_of_a_connection_is_whole_when_it_closes() -> None:
    wire = await asked(b"GET /plain HTTP/1.1\r\nconnection: close\r\n" + HOST)
    assert wire.written == [HEAD[:-2] + b"connection: close\r\n\r\nhello"]
    assert wire.closed


async def test_an_answer_that_breaks_off_closes_the_connection() -> None:
    wire = await asked(b"GET /broken HTTP/1.1\r\n" + HOST)
    assert wire.written == [HEAD]
    assert wire.closed


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives what has begun no more than a turn of its loop to be complete."""
    monkeypatch.setattr(answers, "HEAD_SECONDS", 0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b""], id="nothing comes"),
        pytest.param([b"GET /plain HTTP/1.1\r\n"], id="the head does not end"),
        pytest.param([b"GET /plain HTTP/1.1\r\n" + HOST, b"GET /pl"], id="the second head does not end"),
        pytest.param([b"GET /plain HTTP/1.1\r\n" + HOST, b"\r\n"], id="empty lines and no head"),
    ],
)
async def test_a_head_that_is_not_complete_in_its_time_ends_the_connection(pieces: list[bytes]) -> None:
    wire = await asked(*pieces)
    assert wire.hung_up
    assert wire.written == [HEAD + b"hello"] * (len(pieces) - 1)


@pytest.mark.usefixtures("impatient")
async def test_the_time_for_a_head_is_not_that_for_a_body_an_answer_or_a_pause() -> None:
    head = b"POST /plain HTTP/1.1\r\ncontent-length: 2\r\n" + HOST
    wire = await asked(head, b"{", b"}", head + b"{}")
    assert wire.written == [HEAD + b"hello"] * 2
    assert not wire.hung_up
