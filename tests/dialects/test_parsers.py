"""Every parser of what comes from outside: any input gives a value or a documented refusal, at once."""

import asyncio
import base64
import json
import string
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bounded import within
from hypothesis import given
from hypothesis import strategies as st
from jose import jws
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect

from app.admin.inbox import Item, _shown
from app.dialects import jwt, reading
from app.dialects.agora import auth as agora_auth
from app.dialects.agora import reading as agora_reading
from app.dialects.forms import fields
from app.dialects.learncube import answers, rest_auth, uuids, wire_lists
from app.dialects.merithub import auth as merithub_auth
from app.dialects.merithub import bodies
from app.dialects.merithub.fields import zone
from app.domain.inbox.tables import InboxItem
from app.domain.outbox import endpoints
from app.kit import forwarded, outside
from app.kit.downloads import asked_range
from app.kit.multipart import Form
from app.kit.outbound import Answer
from app.kit.outbound.exchange import Exchange
from app.realtime.frames import BadMessage, parsed
from app.rules import durations, filenames, properties
from app.rules.refusals import BadCredentials, BadValue, RangeOutside, TooLarge, UnknownThing
from app.settings import Settings, complaints

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
SECONDS = 0.5
"""Of this process's time that one input may take, however it is made."""
LONG = 20_000

# Signs with which something begins or ends somewhere, and those that only look like others.
SIGNS = [
    *string.punctuation,
    *' \t\r\n\0\x0b\x85\xa0aZ09"',
    *("é", "ß", "İ", "\u2028", "\ufeff", "²", "٣", "１", "\ud800", "\U0001f600"),  # noqa: RUF001
]
WORDS = [
    *("for=", "proto=https", 'host="', "bearer ", "Bearer\t", "agora token=", "Basic ", "bytes=", "data: "),
    *("2026-03-02", "T09:05", "+05:30", "Z", "24:00", "-0001", "99999", "1e999", "nan", "Infinity", "0x1"),
    *("null", "true", "[", "{", "]", "}", '":', "\\u0000", "\\ud800", "%00", "%ff", "--b\r\n", "\r\n\r\n"),
    *("Content-Disposition: form-data; name=", "filename=", "filename*=UTF-8''", "HTTP/1.1 200 OK\r\n"),
    *("content-length: 2\r\n", "transfer-encoding: chunked\r\n", "eyJhbGciOiJIUzI1NiJ9", ".", "127.0.0.1"),
    *("::ffff:", "fe80::1%", "America/", "../", "Etc/GMT+", "Thu, 01 Jan 1970 00:00:00 GMT", "-", "1w2d"),
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=25).map("".join),
    # The same over and over, and something else at the end: what a reader that goes back chokes on.
    st.tuples(st.sampled_from([*SIGNS, *WORDS]), st.integers(1, LONG), st.sampled_from([*SIGNS, ""])).map(
        lambda parts: (parts[0] * parts[1])[:LONG] + parts[2]
    ),
)
HEADERS = TEXTS.map(lambda text: text.encode("latin-1", "replace").decode("latin-1").replace("\n", ""))
BYTES = st.one_of(st.binary(max_size=200), TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just(10**400)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)

Call = Callable[[Any], Any]


def expected(call: Call, value: Any, *refusals: type[Exception]) -> Any:
    """What a parser finds, or None where it refuses in one of its documented ways."""
    with within(SECONDS):
        try:
            return call(value)
        except refusals:
            return None


TEXT_PARSERS: dict[str, tuple[Call, tuple[type[Exception], ...]]] = {
    "JSON": (outside.parsed, (ValueError,)),
    "an assertion": (lambda text: merithub_auth.read(text, "secret", NOW), (BadCredentials,)),
    "a bearer": (merithub_auth.bare, ()),
    "a JWT": (lambda text: jwt.claims_of(text, "secret"), ()),
    "a token that names its signer": (rest_auth._unverified, (BadCredentials,)),
    "a key pair": (rest_auth._pair, (BadCredentials,)),
    "an instant": (lambda text: reading.instant(text, "at", UTC_ZONE), (BadValue,)),
    "an instant of a zone": (
        lambda text: reading.instant(text, "at", ZoneInfo("Pacific/Apia")),
        (BadValue,),
    ),
    "a last day": (lambda text: reading.last_moment(text, "at", UTC_ZONE), (BadValue,)),
    "a first day of a list": (lambda text: wire_lists._bound(text, last=False), (ValueError,)),
    "a last day of a list": (lambda text: wire_lists._bound(text, last=True), (ValueError,)),
    "a date of a classroom": (wire_lists.moment, (ValueError,)),
    "a page's number": (wire_lists.number_of, (UnknownThing,)),
    "a time zone": (zone, (BadValue,)),
    "a uuid": (uuids.read, ()),
    "a host with a port": (forwarded.valid_host, ()),
    "an address": (forwarded.address, ()),
    "networks": (forwarded.networks, (ValueError,)),
    "a host name": (endpoints.plain, ()),
    "a span": (lambda text: durations.span(text, "since"), (BadValue,)),
    "whether it is a span": (durations.is_span, ()),
    "an id of Agora's": (lambda text: agora_reading.must_be_id("roomUuid", text), (BadValue,)),
    "a range": (lambda text: asked_range(text, 1000), (RangeOutside,)),
    "a time to wait": (lambda text: Answer(503, 1, retry_after=text).wait(NOW), ()),
    "a browser": (lambda text: bodies._client(text.encode("latin-1", "replace").decode("latin-1")[:500]), ()),
    "a frame": (
        lambda text: parsed({"type": "websocket.receive", "text": text}),
        (BadMessage, WebSocketDisconnect),
    ),
    "a yes": (answers.truth, ()),
    "a property's path": (lambda text: properties.put({}, {text: 1}), (BadValue,)),
}


@pytest.mark.parametrize("name", TEXT_PARSERS)
@given(text=TEXTS)
def test_a_text_is_read_or_refused(name: str, text: str) -> None:
    call, refusals = TEXT_PARSERS[name]
    expected(call, text, *refusals)


VALUE_PARSERS: dict[str, tuple[Call, tuple[type[Exception], ...]]] = {
    "a text": (reading._text, (ValueError,)),
    "a number": (reading._number, (ValueError,)),
    "a flag": (reading._flag, (ValueError,)),
    "an expiry": (lambda value: jwt.expiry_of({"exp": value}), (ValueError,)),
    "a date": (wire_lists.moment, (ValueError,)),
    "a bound": (lambda value: wire_lists._bound(value, last=True), (ValueError,)),
    "a yes": (answers.truth, ()),
    "properties": (lambda value: properties.put({}, {"a": value}), (BadValue,)),
    "properties kept whole": (lambda value: properties.must_fit("all", {"a": value}), (BadValue,)),
}


@pytest.mark.parametrize("name", VALUE_PARSERS)
@given(value=VALUES)
def test_a_value_of_json_is_read_or_refused(name: str, value: Any) -> None:
    call, refusals = VALUE_PARSERS[name]
    expected(call, value, *refusals)


@given(header=VALUES, claims=VALUES)
def test_a_signed_token_says_anything_and_is_read_or_refused(header: Any, claims: Any) -> None:
    """Whoever has the key can sign what no library would."""
    parts = []
    for part in ({"alg": "HS256"} | header if isinstance(header, dict) else header, claims):
        text = json.dumps(part).encode()
        parts.append(base64.urlsafe_b64encode(text).rstrip(b"="))
    signature = base64.urlsafe_b64encode(jws.jwk.construct("secret", "HS256").sign(b".".join(parts)))
    token = b".".join([*parts, signature.rstrip(b"=")]).decode()
    found = expected(lambda one: jwt.claims_of(one, "secret"), token)
    if isinstance(header, dict) and header.get("alg", "HS256") == "HS256" and isinstance(claims, dict):
        assert (found is None) == ("crit" in header or found is None)
    expected(lambda one: merithub_auth.read(one, "secret", NOW), token, BadCredentials)
    expected(rest_auth._unverified, token, BadCredentials)


# ---- Headers


@given(st.dictionaries(st.sampled_from(["x-agora-token", "x-agora-uid", "authorization"]), HEADERS))
def test_what_a_program_of_agora_shows_is_read_or_refused(headers: dict[str, str]) -> None:
    found = expected(agora_auth.shown, headers, BadCredentials)
    if found is not None:
        token, uid = found
        assert isinstance(token, str)
        assert uid is None or uid.strip() == uid != ""


FORWARDED = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "host"]


@given(st.lists(st.tuples(st.sampled_from(FORWARDED), HEADERS), max_size=6))
def test_whatever_proxies_tell_a_request_has_a_client_a_scheme_and_a_host_or_none(
    headers: list[tuple[str, str]],
) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": ("127.0.0.1", 4000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    with within(SECONDS):
        forwarded.settle(scope, forwarded.networks("127.0.0.0/8"))
    assert forwarded.address(scope["client"][0]) is not None
    assert scope["scheme"] in ("http", "https")
    hosts = [value.decode() for name, value in scope["headers"] if name == b"host"]
    assert len(hosts) <= 1
    assert all(forwarded.valid_host(host) == host for host in hosts)


# ---- Bodies


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read_form(content_type: str, data: bytes, size: int) -> tuple[bytes, str, dict[str, str]]:
    form = Form(content_type, in_pieces(data, size))
    file = b"".join([piece async for piece in form.chunks()])
    await form.finish()
    return file, form.filename, form.fields


PARTS = st.lists(
    st.one_of(
        st.just("--b\r\n"),
        st.just("--b--\r\n"),
        st.just('Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'),
        TEXTS.map(lambda text: f'Content-Disposition: form-data; name="file"; filename="{text}"\r\n\r\n'),
        TEXTS.map(lambda text: f'Content-Disposition: form-data; name="{text}"\r\n\r\n'),
        TEXTS.map(lambda text: f"{text}\r\n"),
        TEXTS,
    ),
    max_size=12,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
TYPES = st.one_of(st.just("multipart/form-data; boundary=b"), HEADERS, HEADERS.map("multipart/{}".format))


@given(TYPES, PARTS, st.integers(1, 5000))
async def test_an_upload_is_read_or_refused(content_type: str, data: bytes, size: int) -> None:
    with within(SECONDS):
        try:
            _, filename, _ = await read_form(content_type, data, size)
        except (BadValue, TooLarge):
            return
        name = filenames.own_name(filename)
    assert len(name) <= filenames.LONGEST_TITLE


@given(BYTES, st.integers(1, 5000))
async def test_bytes_in_a_form_come_out_as_they_went_in(content: bytes, size: int) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    if b"\r\n--b" in content:
        return
    data = head + content + b"\r\n--b--\r\n"
    assert (await read_form("multipart/form-data; boundary=b", data, size))[0] == content


@given(st.one_of(BYTES, PARTS))
async def test_the_fields_of_a_token_request_are_read_or_refused(data: bytes) -> None:
    with within(SECONDS):
        try:
            found = await fields(data)
        except BadValue:
            return
    assert isinstance(found, str | dict)


@given(st.one_of(BYTES, VALUES.map(lambda value: json.dumps(value).encode())))
def test_what_the_inbox_was_sent_can_be_shown(data: bytes) -> None:
    item = InboxItem(name="mine", number=1, received_at=NOW, headers={"a": "b"}, body=data)
    with within(2 * SECONDS):
        for for_a_browser in (True, False):
            assert _shown("mine", [item], for_a_browser=for_a_browser).body
        Item.of(item)


# ---- Names


@given(TEXTS, st.sampled_from([*filenames.EXTENSIONS, "text/plain", "application/octet-stream"]))
def test_any_name_is_safe_in_a_header_and_on_a_disk(text: str, content_type: str) -> None:
    with within(SECONDS):
        title = filenames.clean_title(filenames.own_name(text))
        name = filenames.download_name(title, content_type)
        header = filenames.disposition(text, content_type, inline=False)
    assert not set(name) & set('/\\:*?"<>|\r\n\0')
    assert name.strip(". ")
    assert header.isascii()
    assert header.isprintable()


# ---- Answers of others' servers


class Line(asyncio.Transport):
    """A connection of which only the other end's bytes matter."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        del data

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


ANSWERS = st.one_of(BYTES, BYTES.map(lambda data: b"HTTP/1.1 200 OK\r\n" + data))


@given(ANSWERS, st.integers(1, 500))
async def test_what_a_receiver_answers_is_an_answer_or_none(data: bytes, size: int) -> None:
    exchange = Exchange()
    exchange.connection_made(Line())
    with within(SECONDS):
        coming = exchange.ask(b"POST / HTTP/1.1\r\n\r\n", 60)
        for start in range(0, len(data), size):
            if not coming.done():
                exchange.data_received(data[start : start + size])
        if not coming.done():
            exchange.eof_received()
            exchange.connection_lost(None)
    error = coming.exception()
    if error is None:
        reply = coming.result()
        assert 200 <= reply.status < 1000
        assert isinstance(reply.head(), str)
        expected(lambda said: Answer(503, 1, retry_after=said).wait(NOW), reply.header("retry-after"))
    else:
        assert isinstance(error, ConnectionError)


@given(
    st.none() | st.integers(0, 999), st.one_of(BYTES, VALUES.map(lambda value: json.dumps(value).encode()))
)
def test_what_a_customer_answers_is_a_yes_or_a_no_with_words(status: int | None, body: bytes) -> None:
    with within(SECONDS):
        reply = answers.read(Answer(status, 5, body))
        told = [reply.message, *(reply.text(name) for name in (*reply.said, "full_name"))]
        _ = [reply.flag(name) for name in (*reply.said, "is_tutor")]
    for text in told:
        # It is kept in the database, and shown to whoever stands at the door.
        assert "\0" not in text
        text.encode()
        assert len(text) <= answers.LONGEST_TEXT


@given(VALUES)
def test_so_it_is_with_each_of_its_words(value: Any) -> None:
    body = json.dumps({"status": False, "message": value, "full_name": value, "avatar": value}).encode()
    test_what_a_customer_answers_is_a_yes_or_a_no_with_words.hypothesis.inner_test(200, body)  # type: ignore[attr-defined]


def test_a_time_to_wait_is_one() -> None:
    assert Answer(503, 1, retry_after="120").wait(NOW) == timedelta(minutes=2)


# ---- The environment


SETTINGS = sorted(set(Settings.model_fields) - {"data_dir", "tls_cert", "tls_key", "film_font"})


@pytest.mark.parametrize("name", SETTINGS)
@given(text=TEXTS)
def test_a_setting_is_one_or_is_complained_about(name: str, text: str) -> None:
    with within(SECONDS):
        try:
            made = Settings(**{"admin_token": "a-token-that-nobody-guesses", name: text})  # type: ignore[arg-type]
        except ValidationError as error:
            said = complaints(error)
            assert said
            assert all(sentence.strip() for sentence in said)
            return
        assert (made.base_url, made.proxies, made.allowed) is not None
        assert made.base_url.startswith(("http://", "https://"))
