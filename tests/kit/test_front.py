"""What every request passes first: hosts, NULs, slashes, HEAD, packed bodies, depth."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Iterable
from typing import Any

import pytest
from bounded import within
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.kit.front import FAULT, HEAD, Front, Unreadable
from app.kit.outside import DEEPEST, is_deep

HOST = (b"host", b"homeroom.test")


class Asked:
    """An app that reads what it is sent, and what came of it."""

    def __init__(self) -> None:
        self.scope: Scope = {}
        self.body = b""
        self.refused: Unreadable | None = None
        self.sent: list[Message] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        if FAULT in scope:
            self.refused = scope[FAULT]
            return
        try:
            async for piece in Request(scope, receive).stream():
                self.body += piece
        except Unreadable as error:
            self.refused = error
            return
        await JSONResponse(len(self.body))(scope, receive, send)

    @property
    def status(self) -> int | None:
        return self.refused.status_code if self.refused else None


async def ask(
    *pieces: bytes, headers: Iterable[tuple[bytes, bytes]] = (HOST,), secure: bool = False, **more: Any
) -> Asked:
    asked = Asked()
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1"}
    coming: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
        for place, piece in enumerate(pieces, 1)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        asked.sent.append(message)

    await Front(asked.app, lambda path: path.replace("//", "/"), secure=secure)(
        {**scope, "headers": list(headers), **more}, receive, send
    )
    return asked


# ---- The head


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        ("1.1", [b"a"], None),
        ("1.1", [], 400),
        ("1.1", [b"a", b"a"], 400),
        ("1.1", [b"a", b"b"], 400),
        ("1.0", [], None),
        ("1.0", [b"a"], None),
    ],
)
async def test_a_request_of_today_names_its_host_once(version: str, hosts: list[bytes], status: int) -> None:
    headers = [(b"host", host) for host in hosts]
    assert (await ask(headers=headers, http_version=version)).status == status


@pytest.mark.parametrize(
    "more", [{"path": "/a\0b"}, {"query_string": b"a=%00"}, {"query_string": b"%00=a"}, {"path": "/\0"}]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_no_address_holds_a_nul(more: dict[str, Any], kind: str) -> None:
    asked = await ask(**more, type=kind)
    if kind == "http":
        assert asked.status == 400
    else:
        assert [message["type"] for message in asked.sent] == ["websocket.close"]


async def test_a_percent_that_only_looks_like_a_nul_is_none() -> None:
    assert (await ask(query_string=b"a=%2500")).status is None


async def test_a_path_is_what_is_meant_by_it() -> None:
    assert (await ask(path="/a//b")).scope["path"] == "/a/b"


async def test_the_head_of_an_answer_is_that_of_get_and_nothing_follows() -> None:
    asked = await ask(method="HEAD")
    assert (asked.scope["method"], asked.scope[HEAD]) == ("GET", True)
    start, body = asked.sent
    assert (b"content-length", b"1") in start["headers"]
    assert body == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_nobody_makes_a_long_body_for_a_head() -> None:
    made, over = [0], asyncio.Event()

    async def endless() -> Any:
        while True:
            made[0] += 1
            yield b"x" * 1000

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(endless())(scope, receive, send)

    async def receive() -> Message:
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and not message["more_body"]:
            over.set()

    scope = {"type": "http", "method": "HEAD", "path": "/", "query_string": b"", "headers": [HOST]}
    await Front(app, str)(scope, receive, send)
    assert made[0] < 100


@pytest.mark.parametrize(
    ("secure", "scheme", "host", "told"),
    [
        (True, "https", b"class.example", True),
        (True, "https", b"class.example:8443", True),
        (True, "https", b"localhost.example", True),
        (True, "https", b"127.0.0.1", True),
        (True, "http", b"class.example", False),
        (False, "https", b"class.example", False),
        # Other programs of this machine are asked under this name too, and without TLS.
        (True, "https", b"localhost", False),
        (True, "https", b"LocalHost:8443", False),
        (True, "https", b"school.localhost.", False),
    ],
)
async def test_browsers_are_told_to_come_by_tls_where_the_server_speaks_it(
    *, secure: bool, scheme: str, host: bytes, told: bool
) -> None:
    asked = await ask(headers=[(b"host", host)], scheme=scheme, secure=secure)
    headers = dict(asked.sent[0]["headers"])
    assert headers.get(b"strict-transport-security") == (b"max-age=31536000" if told else None)


# ---- Packed bodies

PACKED = [HOST, (b"content-encoding", b"gzip")]


@given(st.binary(max_size=2000), st.integers(1, 500), st.integers(1, 300))
async def test_a_packed_body_is_read_as_if_it_were_plain(body: bytes, times: int, cut: int) -> None:
    packed = gzip.compress(body * times)
    pieces = [packed[place : place + cut] for place in range(0, len(packed), cut)]
    asked = await ask(*pieces, headers=[*PACKED, (b"content-length", b"%d" % len(packed))])
    if not asked.refused:
        assert asked.body == body * times
    else:
        assert is_deep(body * times)
    assert not {name for name, _ in asked.scope["headers"]} & {b"content-encoding", b"content-length"}


@pytest.mark.parametrize(
    "coding", [b"br", b"deflate", b"gzip, gzip", b"zstd", b"compress", b"gz ip", b"\xff"]
)
async def test_another_coding_is_refused_with_words(coding: bytes) -> None:
    asked = await ask(b"x", headers=[HOST, (b"content-encoding", coding)])
    assert asked.status == 415
    assert "gzip" in str(asked.refused)


@pytest.mark.parametrize("coding", [b"identity", b"", b" Identity ", b"identity, identity"])
async def test_no_coding_is_none(coding: bytes) -> None:
    assert (await ask(b"x", headers=[HOST, (b"content-encoding", coding)])).body == b"x"


@pytest.mark.parametrize("coding", [b"gzip", b"x-gzip", b"GZip", b"identity, gzip"])
async def test_gzip_is_read_however_it_is_called(coding: bytes) -> None:
    assert (await ask(gzip.compress(b"x"), headers=[HOST, (b"content-encoding", coding)])).body == b"x"


@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=3))
async def test_what_is_no_gzip_is_refused(body: bytes, place: int, instead: bytes) -> None:
    packed = gzip.compress(body)
    broken = packed[:place] + instead + packed[place + 1 :]
    asked = await ask(broken, headers=PACKED)
    try:
        whole = zlib.decompressobj(wbits=31)
        meant = whole.decompress(broken)
        good = whole.eof and not whole.unused_data
    except zlib.error:
        good = False
    assert (asked.status is None) == (good or not broken)
    if good:
        assert asked.body == meant


async def test_a_packed_body_that_comes_to_nothing_ends() -> None:
    """The format has blocks without a byte in them; endless many of these keep nobody busy."""
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    asked = await ask(start, *[b"\0\0\0\xff\xff" * 1000] * 100, headers=PACKED)
    assert asked.status == 400


async def test_a_small_body_that_becomes_a_large_one_comes_in_pieces() -> None:
    taken: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while len(taken) < 5:
            taken.append(len((await receive())["body"]))

    async def receive() -> Message:
        return {"type": "http.request", "body": gzip.compress(b"x" * 50_000_000), "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": PACKED}
    with within(1):
        await Front(app, str)(scope, receive, None)  # type: ignore[arg-type] # nothing is sent
    assert max(taken) <= 64 * 1024


# ---- Depth


def nested(levels: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * levels + closing * levels).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (nested(DEEPEST), None),
        (nested(DEEPEST + 1), 400),
        (b" \n" + nested(DEEPEST + 1), 400),
        (b"\xef\xbb\xbf" + nested(300), 400),
        (nested(300, '{"a":', "1}"), 400),
        (nested(1000), 400),
        (b"[" * 900_000, 400),
        (b'["' + b"[" * 900_000 + b'"]', None),
        (b'["\\"' + b"[" * 1000 + b'"]', None),
        (b'["\\\\"' + b"[" * 1000, 400),
        (b"[[],[]]" * 1000, None),
        (b"--boundary " + b"[" * 1000, None),
        (b"", None),
    ],
)
async def test_json_is_nested_so_deep_and_no_deeper(body: bytes, status: int | None) -> None:
    with within(1):
        assert (await ask(body)).status == status
        pieces = [body[:1], body[1:2], body[2:100], body[100:]]
        assert (await ask(*pieces)).status == status


PIECES = [*'[]{}"\\, 1a', '"a":', '\\"', "[" * 60]
JSON_PIECES = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def by_hand(text: str) -> int:
    """How deep it goes, letter by letter."""
    depth = most = 0
    inside = escaped = False
    for letter in text:
        if inside:
            inside = escaped or letter != '"'
            escaped = not escaped and letter == "\\"
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            most = max(most, depth)
        elif letter in "]}":
            depth -= 1
    return most


@given(JSON_PIECES, st.integers(0, 70))
def test_depth_is_told_as_by_hand(text: str, most: int) -> None:
    assert is_deep(text, most) == (by_hand(text) > most)


@given(
    st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=40)
)
def test_the_depth_of_json_is_that_of_its_value(value: Any) -> None:
    def depth(one: Any) -> int:
        return 1 + max(map(depth, one), default=0) if isinstance(one, list) else 0

    for most in range(6):
        assert is_deep(json.dumps(value), most) == (depth(value) > most)


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"\\', b"[", b'["', b"{}", b'"a"', b"\\", b"]"])
def test_depth_is_told_in_linear_time(unit: bytes) -> None:
    with within(1):
        is_deep(b"[" * 200 + unit * (1_000_000 // len(unit)))
