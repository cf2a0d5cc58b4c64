"""A customer's server, written as LearnCube's page describes it: it reads the query and answers JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TUTOR, STUDENT = "222", "111"
PEOPLE = {TUTOR: "Ms Teach", STUDENT: "John Smith"}


class Customer:
    """Who may come is in PEOPLE; `answers` overrides what is said to a request, as (status, body)."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[dict[str, str]] = []
        self.answers: dict[str, tuple[int, Any]] = {}

    def heard(self, *requests: str) -> list[tuple[str, str | None]]:
        """The calls of these kinds (all where none is named), each with its time."""
        return [
            (call["request"], call.get("time"))
            for call in self.calls
            if not requests or call["request"] in requests
        ]

    def answer(self, said: dict[str, str]) -> tuple[int, Any]:
        self.calls.append(said)
        if said["request"] in self.answers:
            return self.answers[said["request"]]
        if said["request"] != "connect_lesson":
            return 200, {"status": True}
        person = said["user_id"]
        if person not in PEOPLE:
            return 200, {"status": False, "message": "Nobody of this name takes this class"}
        return 200, {
            "status": True,
            "is_tutor": person == TUTOR,
            "id": int(person),
            "full_name": PEOPLE[person],
            "avatar": None,
            "record": False,
        }


@contextmanager
def open_customer() -> Iterator[Customer]:
    """The server, until the block ends."""
    customer = Customer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, body = customer.answer(dict(parse_qsl(urlsplit(self.path).query)))
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json;charset=UTF-8")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing: the calls are kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    customer.url = f"http://127.0.0.1:{server.server_address[1]}/virtualclassroom/"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield customer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
