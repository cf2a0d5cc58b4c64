"""Where a listener is: nothing is heard twice, what shows late is heard, the place outlives the program."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from common import START
from typer.testing import CliRunner

from app.cli import app
from app.listen_command import Place


def ping(name: str, seconds: int) -> dict[str, Any]:
    return {"delivery_id": name, "created_at": (START + timedelta(seconds=seconds)).isoformat()}


def seconds(place: Place) -> float:
    return (datetime.fromisoformat(place.since) - START).total_seconds()


def test_what_can_show_late_is_asked_for_again_and_the_rest_is_forgotten() -> None:
    place = Place(START.isoformat())
    place.heard([ping("a", 0), ping("b", 10)])
    assert (seconds(place), list(place.seen)) == (0, ["a", "b"])
    place.heard([ping("c", 35), ping("late", 8)])
    assert (seconds(place), list(place.seen)) == (5, ["b", "c", "late"])
    place.heard([ping("d", 100)])
    assert (seconds(place), list(place.seen)) == (70, ["d"])


def test_a_place_that_was_kept_is_the_same_again(tmp_path: Path) -> None:
    file = tmp_path / "place"
    assert Place.kept(file) is None
    place = Place(START.isoformat())
    place.heard([ping("a", 0), ping("b", 40)])
    place.keep(file)
    assert Place.kept(file) == place
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"other": 1}'])
def test_a_file_that_is_no_place_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "place"
    file.write_text(text, "utf-8")
    answer = CliRunner().invoke(app, ["listen", "--forward-to", "http://127.0.0.1:9/", "--place", str(file)])
    assert (answer.exit_code, answer.stderr) == (1, f"homeroom: {file} is no place that a listener kept.\n")
    assert file.read_text("utf-8") == text
