"""The process that films goes away with its files when whoever started it is gone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.workers.filming import Wish

BEGIN, ENDED = "2030-01-01T09:00:00+00:00", "2030-01-01T09:00:02+00:00"
WISH = Wish(
    title="Algebra",
    timezone="Europe/Berlin",
    font="",
    in_pieces=False,
    width=480,
    height=480,
    fps=15,
    kilobits=1500,
    audio=0,
    stretches=[[BEGIN, ENDED]],
    start_ms=0,
    length_ms=2000,
)


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-m", "app.workers.filming"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True) as process:
        yield process


def tell(process: subprocess.Popen[str], *lines: str) -> None:
    assert process.stdin
    process.stdin.write("".join(lines))
    process.stdin.flush()


def test_it_keeps_the_film_until_its_input_is_closed(process: subprocess.Popen[str], tmp_path: Path) -> None:
    tell(process, WISH.line(), "end\n")
    assert process.stdout
    made = json.loads(process.stdout.readline())
    assert made["pieces"] == [{"name": "film.mp4", "milliseconds": 2000}]
    assert (Path(made["folder"]) / "film.mp4").stat().st_size > 1000
    assert Path(made["folder"]).parent == tmp_path
    process.communicate()
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "lines", [[], ['{"at": "2030-01-01T09:00:00Z", "kind": "LessonStarted", "data": {}}\n']]
)
def test_it_gives_up_when_its_input_ends_early(
    process: subprocess.Popen[str], tmp_path: Path, lines: list[str]
) -> None:
    tell(process, WISH.line(), *lines)
    process.communicate()
    assert process.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_a_film_that_is_not_finished(process: subprocess.Popen[str], tmp_path: Path) -> None:
    tell(process, replace(WISH, length_ms=36_000_000).line(), "end\n")
    process.communicate()
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
