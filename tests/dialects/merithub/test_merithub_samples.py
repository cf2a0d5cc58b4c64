"""The vendor's own sample programs, run against a real server: only host, id and secret are put in.

They take the page's steps: sign, get a token, add users, schedule a class, add the students to it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET

SAMPLES = Path(__file__).parent / "samples"
STAND_INS = SAMPLES / "stand_ins"
HOSTS = ("https://serviceaccount1.meritgraph.com", "https://class1.meritgraph.com")
# In this order: the page writes the names with and without braces, with `_` and with `-`.
IDS = ("{CLIENT_ID}", "{CLIENT-ID}", "CLIENT_ID")
SECRETS = ("{CLIENT_SECRET}", "{CLIENT-SECRET}", "CLIENT_SECRET")

LANGUAGES = {
    "js": ["node"],
    "py": [sys.executable],
    "php": ["php", "-d", f"auto_prepend_file={STAND_INS / 'HttpRequest.php'}"],
}


@pytest.fixture(params=LANGUAGES)
def outcome(server: Any, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a sample program got from the server, step by step."""
    command = LANGUAGES[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    program = tmp_path / f"program.{request.param}"
    program.write_text(filled_in(SAMPLES / program.name, server.base_url), "utf-8")
    libraries = os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), str(STAND_INS)]))
    run = subprocess.run(
        [*command, str(program)],
        env=os.environ | {"NODE_PATH": libraries},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    outcome: dict[str, Any] = json.loads(run.stdout)
    return outcome


def filled_in(sample: Path, host: str) -> str:
    text = sample.read_text("utf-8")
    for words, value in ((HOSTS, host), (IDS, MERITHUB_ID), (SECRETS, MERITHUB_SECRET)):
        for word in words:
            text = text.replace(word, value)
    return text


@pytest.mark.process
def test_a_sample_program_of_the_page_comes_to_its_end(outcome: dict[str, Any], server: Any) -> None:
    assert outcome["accessToken"].startswith("Bearer ")
    people = [outcome["teacher"], *outcome["students"]]
    assert all(list(person) == ["userId", "userToken"] for person in people)
    students = [student["userId"] for student in outcome["students"]]
    assert [row["userId"] for row in outcome["added"]] == students

    scheduled = outcome["scheduled"]
    own = [scheduled["hostLink"], *(row["userLink"] for row in outcome["added"])]
    assert len({*own, *scheduled["commonLinks"].values()}) == 6
    for link in own:
        page = server.api.get(f"/info/room/{MERITHUB_ID}/{link}?devicetest=true")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")

    answer = server.api.get(
        f"/v1/{MERITHUB_ID}/{scheduled['classId']}", headers={"authorization": outcome["accessToken"]}
    )
    shown = answer.json()
    assert (shown["title"], shown["startTime"], shown["type"], shown["status"]) == (
        "Testing This Class",
        "2099-10-05T15:29:00+05:30",
        "oneTime",
        "up",
    )
