"""`homeroom listen` brings a server's pings to a developer's machine and goes on where it was."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from homeroom import ADMIN, Homeroom
from make import merithub_class
from standardwebhooks import Webhook
from waiting import eventually

from app.settings import DEVELOPMENT_ADMIN_TOKEN

pytestmark = pytest.mark.process


class Laptop:
    """The developer's program: what it got, and what it answers next (200 where nothing is said)."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    def of_class(self, class_id: str) -> list[bytes]:
        return [body for _, body in self.got if class_id.encode() in body]


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    laptop = Laptop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            laptop.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(laptop.answers.pop(0) if laptop.answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what came is kept."""

    program = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=program.serve_forever, args=(0.01,))
    thread.start()
    laptop.url = f"http://127.0.0.1:{program.server_port}/pings"
    yield laptop
    program.shutdown()
    program.server_close()
    thread.join()


@contextmanager
def listening(homeroom: Homeroom, output: Path, *words: str) -> Iterator[None]:
    """The command as on another machine: it has the server's URL and its admin token, nothing else of it."""
    program = [Path(sys.executable).parent / "homeroom", "listen", "--base-url", homeroom.base_url, *words]
    others = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
    elsewhere = {"HOMEROOM_ADMIN_TOKEN": DEVELOPMENT_ADMIN_TOKEN, "HOMEROOM_DATA_DIR": str(output.parent)}
    with output.open("wb") as sink:
        process = subprocess.Popen(program, env=others | elsewhere, stdout=sink, stderr=sink)
    try:
        eventually(lambda: "Listening since" in output.read_text("utf-8"), "it listens")
        yield
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def held(homeroom: Homeroom) -> str:
    """A class that is edited twice; its id, once its pings have arrived in the inbox."""
    made = merithub_class(homeroom, students=0)
    url, headers = f"/v1/{made.client_id}/{made.class_id}", {"authorization": made.token}
    for title in ("Algebra I", "Algebra II"):
        assert homeroom.api.put(url, json={"title": title}, headers=headers).status_code == 200
    eventually(lambda: len(homeroom.pings(made.class_id)) == 2, "the pings of the class are there")
    return made.class_id


def stories(homeroom: Homeroom) -> list[Any]:
    base = "/_/admin/v1/tenants/development/deliveries"
    every = homeroom.api.get(base, headers=ADMIN).json()["deliveries"]
    return [homeroom.api.get(f"{base}/{one['delivery_id']}", headers=ADMIN).json() for one in every]


def test_pings_come_as_they_are_go_on_after_restarts_and_disturb_nothing(
    homeroom: Homeroom, laptop: Laptop, tmp_path: Path
) -> None:
    words = ("--since", "2h", "--forward-to", laptop.url, "--place", str(tmp_path / "place"))
    first = held(homeroom)
    with listening(homeroom, tmp_path / "first.txt", *words):
        eventually(lambda: len(laptop.got) == 2, "what was made before is heard")
        assert homeroom.end(signal.SIGTERM) == 0
        homeroom.start()
        laptop.answers = [500]
        second = held(homeroom)
        eventually(lambda: len(laptop.of_class(second)) == 2, "it goes on after a restart of the server")
    third = held(homeroom)
    with listening(homeroom, tmp_path / "second.txt", *words):
        eventually(lambda: len(laptop.of_class(third)) == 2, "it goes on from the place that it kept")

    # The same ids, the same bytes and the same order as those that were delivered, each of them once.
    for class_id in (first, second, third):
        told = [headers["webhook-id"] for headers, body in laptop.got if class_id.encode() in body]
        assert told == [number for number, _ in homeroom.pings(class_id)]
    items = homeroom.api.get("/_/inbox/merithub", headers=ADMIN).json()
    assert [body.decode() for _, body in laptop.got] == [item["body"] for item in items]
    secrets = homeroom.api.get("/_/admin/v1/tenants/development/credentials", headers=ADMIN).json()[
        "webhooks"
    ]
    for headers, body in laptop.got:
        Webhook(secrets["merithub.ping_url"]).verify(body, headers)
        assert headers["content-type"] == "application/json"

    lines = (tmp_path / "first.txt").read_text("utf-8").splitlines()
    shown = [
        re.fullmatch(r"\d\d:\d\d:\d\d  (\w+)  (\w+)  msg_\w+  ->  (\d+) in \d+ ms", line) for line in lines
    ]
    pings = [one.groups() for one in shown if one]
    assert [status for _, _, status in pings] == ["200", "200", "500", "200"]
    assert {class_id for _, class_id, _ in pings} == {first, second}
    assert lines[-1].startswith("Go on from here with --since 20")
    # Nothing of it shows in the delivery: one try each, made by the server.
    assert [(one["state"], len(one["attempts"])) for one in stories(homeroom)] == [("delivered", 1)] * 6


def test_a_program_that_is_not_there_is_told_and_the_next_ping_comes(
    homeroom: Homeroom, laptop: Laptop, tmp_path: Path
) -> None:
    output = tmp_path / "output.txt"
    with listening(homeroom, output, "--forward-to", "http://127.0.0.1:9/", "--kind", "classStatus"):
        class_id = held(homeroom)
        eventually(lambda: output.read_text("utf-8").count("no answer: ConnectError") == 2, "both are told")
    assert output.read_text("utf-8").count(f"  classStatus  {class_id}  ") == 2
