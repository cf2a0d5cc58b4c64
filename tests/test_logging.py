"""What is logged: of libraries warnings alone, and never what opens a door."""

import io
import logging
from collections.abc import Iterator

import pytest
from bounded import within
from hypothesis import given
from hypothesis import strategies as st

from app.configuring import Discreet, set_up_logging, without_secrets

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the handlers of an unconfigured process write."""
    root, ours = logging.getLogger(), logging.getLogger("app")
    before = root.handlers[:], root.level, ours.level
    root.handlers[:] = []
    set_up_logging("debug")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    handler.setStream(said)
    yield said
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_with_debug_it_is_ours_that_says_more(logs: io.StringIO) -> None:
    for name in ("websockets.server", "uvicorn.error", "httpx", "asyncio"):
        logging.getLogger(name).info("GET /room/link")
        logging.getLogger(name).warning("%s warns", name)
    logging.getLogger("app.kit").debug("ours")
    assert logs.getvalue().count("\n") == 5
    assert "link" not in logs.getvalue()
    assert "ours" in logs.getvalue()


def test_a_traceback_tells_no_secret(logs: io.StringIO) -> None:
    logging.getLogger("app").error("it broke", exc_info=ValueError(f"Authorization: Bearer {JWT}"))
    assert "ValueError: Authorization: Bearer ***" in logs.getvalue()
    assert JWT not in logs.getvalue()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"authorization: bearer {JWT}", "authorization: bearer ***"),
        (f"GET /room?x=1&token={JWT}&y=2", "GET /room?x=1&token=***&y=2"),
        (f"at /join/{JWT} there", "at /join/*** there"),
        ("/films/a.mp4?sig=0123456789abcdef&until=1", "/films/a.mp4?sig=***&until=1"),
        ('{"client_secret": "0123456789", "name": "Ada"}', '{"client_secret": "***", "name": "Ada"}'),
        ("postgresql://homeroom:hidden@db/homeroom", "postgresql://homeroom:***@db/homeroom"),
        ("GET /info/room/school1/Ab3dE?x=1 and", "GET /info/room/school1/***?x=1 and"),
        ("/_/room/tenant/Ab3dE/socket", "/_/room/tenant/***/socket"),
        (f"agora token=007{'A' * 40}", "agora token=***"),
        (f"x-agora-token: 006{'A' * 60}", "x-agora-token: ***"),
        ("tokens are asked for, and 3 secrets: no", "tokens are asked for, and 3 secrets: no"),
        ("the token is refused", "the token is refused"),
        ("https://school.example/a:b", "https://school.example/a:b"),
    ],
)
def test_what_opens_a_door_becomes_stars(said: str, shown: str) -> None:
    assert without_secrets(said) == shown


PIECES = ["token", "=", "eyJ", "Bearer ", ":", "//", "@", "a", "_", "007", ".", '"', " ", "secret", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.integers(1, 5_000))
def test_any_line_is_written_at_once(piece: str, times: int) -> None:
    with within(0.5):
        record = logging.LogRecord("app", logging.INFO, "", 0, piece * times, None, None)
        assert Discreet("%(message)s").format(record) is not None
