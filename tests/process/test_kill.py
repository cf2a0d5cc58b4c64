"""A server that is killed without warning loses nothing that was promised."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from common import free_port
from homeroom import ADMIN, Homeroom
from make import merithub_class
from person import Person
from waiting import eventually

from app.bootstrap import TENANT

pytestmark = pytest.mark.process

# A delivery that was under way at the kill waits for its lease of 30 s to run out.
DELIVERED_WITHIN = 60.0


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
