"""`homeroom tenant rotate-signing`: links and tokens that were given out before are void."""

from typing import Any

import pytest
from click.testing import Result
from make import merithub_class
from typer.testing import CliRunner

from app.bootstrap import TENANT
from app.cli import app


@pytest.fixture
def calendar(server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A link that was given out; the command finds the server's database."""
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", server.dsn)
    made = merithub_class(server, students=0)
    url = f"/v1/{made.client_id}/users/{made.teacher_id}/calendar"
    answer = server.api.get(url, headers={"authorization": made.token})
    return str(answer.json()["url"])


def rotate(*words: str) -> Result:
    return CliRunner().invoke(app, ["tenant", "rotate-signing", *words])


def test_what_was_signed_before_is_void_at_once(server: Any, calendar: str) -> None:
    assert server.api.get(calendar).status_code == 200
    assert rotate(TENANT).stdout == "What was signed before is void.\n"
    assert server.api.get(calendar).status_code == 401


def test_with_an_overlap_it_holds_until_then(server: Any, calendar: str) -> None:
    assert rotate(TENANT, "--overlap", "24h").stdout.startswith("What was signed before holds until ")
    assert server.api.get(calendar).status_code == 200


@pytest.mark.parametrize("words", [(TENANT, "--overlap", "soon"), ("nobody",)])
def test_what_cannot_be_rotated_leaves_everything_as_it_is(
    server: Any, calendar: str, words: tuple[str, ...]
) -> None:
    assert rotate(*words).exit_code != 0
    assert server.api.get(calendar).status_code == 200
