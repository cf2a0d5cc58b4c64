"""A server that is killed without warning loses nothing that was promised."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from common import free_port
from make import merithub_class
from person import Person
from waiting import eventually

from app.bootstrap import TENANT
from app.kit.postgres import EmbeddedPostgres
from app.settings import DEVELOPMENT_ADMIN_TOKEN

pytestmark = pytest.mark.process

ADMIN = {"authorization": f"Bearer {DEVELOPMENT_ADMIN_TOKEN}"}
# A delivery that was under way at the kill waits for its lease of 30 s to run out.
DELIVERED_WITHIN = 60.0


@dataclass
class Homeroom:
    """`homeroom serve` as an operator starts it, on a data directory and a port of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.api = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)
        self.log = self.data_dir.with_suffix(".log")

    def start(self) -> None:
        """Return when it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
        environment |= {"HOMEROOM_DATA_DIR": str(self.data_dir), "HOMEROOM_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).parent / "homeroom", "serve"], env=environment, stdout=log, stderr=log
            )
        eventually(self._ready, "the server is ready")

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text("utf-8")
        try:
            return self.api.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the server alone, not to its database; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def pings(self, class_id: str) -> list[tuple[str, dict[str, Any]]]:
        """(webhook-id, body) of what the inbox got of a class, in order of arrival."""
        answer = self.api.get("/_/inbox/merithub", headers=ADMIN | {"accept": "application/json"})
        arrived = [(item["headers"]["webhook-id"], json.loads(item["body"])) for item in answer.json()]
        return [(number, body) for number, body in arrived if body["classId"] == class_id]

    def database_processes(self) -> list[int]:
        """Those that work in this data directory."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd() == str(self.data_dir / "postgres"):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def clean_up(self) -> None:
        """Leave nothing running, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.api.close()
        # Whoever leaves a database last stops it.
        database = EmbeddedPostgres(self.data_dir)
        database.start()
        database.stop()


@pytest.fixture
def homeroom(tmp_path: Path) -> Iterator[Homeroom]:
    homeroom = Homeroom(tmp_path / "data")
    try:
        homeroom.start()
        yield homeroom
    finally:
        homeroom.clean_up()


def told(body: dict[str, Any]) -> str:
    return str(body.get("status", body["requestType"]))


def without_repeats(pings: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each message once, by its id; one that came again was the same."""
    first: dict[str, dict[str, Any]] = {}
    for number, body in pings:
        assert first.setdefault(number, body) == body
    return list(first.values())


def test_a_kill_in_the_middle_of_a_class_loses_nothing(homeroom: Homeroom) -> None:
    made = merithub_class(homeroom, students=1)
    teacher = Person(homeroom.base_url, made.host_link, "teacher").enter()
    student = Person(homeroom.base_url, made.student_links[0], "student").enter()
    teacher.send("start")
    lesson_id = student.heard("started")["lesson_id"]
    student.send("say", text="Good morning!")
    teacher.heard("said")

    homeroom.end(signal.SIGKILL)
    for person in (teacher, student):
        person.gone()
    homeroom.start()

    for person in (teacher, student):
        person.enter()
        assert person.welcome["room"]["state"] == "live"
        assert person.welcome["room"]["lesson_id"] == lesson_id
        assert [line["text"] for line in person.welcome["chat"]] == ["Good morning!"]
    assert len(student.welcome["people"]) == 2
    student.send("say", text="Still here.")
    teacher.heard("said")
    teacher.send("end")
    student.heard("ended")
    for person in (teacher, student):
        person.gone()

    def complete() -> bool:
        return {"cp", "attendance", "chats"} <= {told(body) for _, body in homeroom.pings(made.class_id)}

    eventually(complete, "all pings arrive", DELIVERED_WITHIN)
    pings = without_repeats(homeroom.pings(made.class_id))
    assert [told(body) for body in pings] == ["lv", "cp", "attendance", "chats"]
    assert {body["subClassId"] for body in pings} == {lesson_id}
    rows = pings[2]["attendance"]
    assert sorted(row["userId"] for row in rows) == sorted([made.teacher_id, made.student_ids[0]])
    assert [row["analytics"]["chat"] for row in rows if row["userId"] == made.student_ids[0]] == [2]
    chat = homeroom.api.get(pings[3]["chats"]["public"])
    assert chat.status_code == 200
    assert chat.text.index("Good morning!") < chat.text.index("Still here.")


@contextmanager
def receiver_at(port: int) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """A receiver that was not there before; what it gets, as (webhook-id, body)."""
    got: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.headers["webhook-id"], json.loads(body)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_was_committed_is_told_though_nobody_listened_and_the_server_died(homeroom: Homeroom) -> None:
    port = free_port()
    change = {"merithub": {"ping_url": f"http://127.0.0.1:{port}/pings"}}
    answer = homeroom.api.patch(f"/_/admin/v1/tenants/{TENANT}", json=change, headers=ADMIN)
    assert answer.status_code == 200, answer.text
    made = merithub_class(homeroom, students=1)
    with Person(homeroom.base_url, made.host_link, "teacher") as teacher:
        teacher.send("start")
        lesson_id = teacher.heard("started")["lesson_id"]
        homeroom.end(signal.SIGKILL)

    with receiver_at(port) as got:
        homeroom.start()
        eventually(lambda: got, "the ping arrives", DELIVERED_WITHIN)
        assert [(told(body), body["subClassId"]) for body in without_repeats(got)] == [("lv", lesson_id)]


def test_a_killed_server_starts_again_with_its_data_and_ctrl_c_stops_everything(homeroom: Homeroom) -> None:
    made = merithub_class(homeroom, students=2)
    homeroom.end(signal.SIGKILL)
    # The database outlives the server and is taken over by the next.
    before = homeroom.database_processes()
    assert before

    homeroom.start()
    shown = homeroom.api.get(f"/v1/{made.client_id}/{made.class_id}", headers={"authorization": made.token})
    assert (shown.status_code, shown.json()["title"]) == (200, "Algebra")
    assert set(homeroom.database_processes()) & set(before)

    assert homeroom.end(signal.SIGINT) == 0
    assert homeroom.database_processes() == []
    with pytest.raises(httpx.ConnectError):
        homeroom.api.get("/livez")
