"""`homeroom agora token`: what it prints is taken, and only where it should be."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.cli import app
from app.database import Address
from app.dialects.agora.tokens import Caller, Lock, verify

Homeroom = Callable[..., Any]


@pytest.fixture
def homeroom(tmp_path: Any, database: Address, monkeypatch: pytest.MonkeyPatch) -> Homeroom:
    """The command on the test's database."""
    monkeypatch.setenv("HOMEROOM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", database.dsn)
    return lambda *words: CliRunner().invoke(app, ["agora", "token", *words])


def held(uid: str | None, later: int = 0) -> Lock:
    return Lock(AGORA_ID, AGORA_CERTIFICATE, time.time() + later, uid)


@pytest.mark.parametrize(
    ("words", "uid", "said"),
    [
        ([], "server", Caller("rtm", "server")),
        (["rtm", "--user", "ada"], "ada", Caller("rtm", "ada")),
        (["rtm-006", "--user", "ada"], "ada", Caller("rtm", "ada")),
        (["user", "--user", "ada"], "ada", Caller("user", "ada")),
        (["app"], None, Caller("app")),
        (
            ["room-user", "--user", "ada", "--room", "r 1", "--role", "1"],
            "ada",
            Caller("room_user", "ada", "r 1", 1),
        ),
    ],
)
def test_a_token_of_each_kind_is_good_for_a_day(
    homeroom: Homeroom, words: list[str], uid: str | None, said: Caller
) -> None:
    token = homeroom(*words, "--bare").output.strip()
    assert verify(token, held(uid)) == verify(token, held(uid, 86_000)) == said


def test_it_is_printed_as_headers_to_be_pasted(homeroom: Homeroom) -> None:
    first, second = homeroom("user", "--user", "ada", "--lives", "2h").output.splitlines()
    found = re.fullmatch(r"-H 'x-agora-token: (\S+)' -H 'x-agora-uid: ada'", first)
    assert found
    assert second == f"-H 'Authorization: agora token={found[1]}'"
    assert verify(found[1], held("ada")).user == "ada"
    # An old token does not tell its user, so the second way does not do.
    (only,) = homeroom("rtm-006").output.splitlines()
    assert only.endswith("' -H 'x-agora-uid: server'")
    (app_token, _) = homeroom("app").output.splitlines()
    assert "x-agora-uid" not in app_token


def test_a_user_in_a_room_needs_a_room(homeroom: Homeroom) -> None:
    answer = homeroom("room-user")
    assert answer.exit_code == 1
    assert "needs --room" in answer.output


def test_an_account_that_is_none_is_said_so(homeroom: Homeroom) -> None:
    answer = homeroom("--tenant", "nobody")
    assert answer.exit_code == 1
    assert "nobody" in f"{answer.output}{answer.exception}"
