"""A receiver in a thread that keeps what came, for tests that kill whoever sends."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """One request: the message's id, its body as it came, and what is in it."""

    number: str
    body: bytes
    said: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


@dataclass
class Sink:
    """What came, in order of arrival. While `holds` says so of one, it is not answered; others are soon."""

    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    holds: Callable[[Arrival], bool] = lambda _: False
    thinks: float = 0.0
    """Seconds before an answer."""
    held: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def take(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        if self.holds(arrival):
            self.held.set()
            self.release.wait()
        elif self.thinks:
            self.release.wait(self.thinks)

    def first_arrivals(self, key: str) -> dict[Any, list[Arrival]]:
        """Of each lane (or whatever the key of the body tells apart) every message when it came first."""
        lanes: dict[Any, dict[str, Arrival]] = defaultdict(dict)
        for arrival in tuple(self.arrivals):
            lanes[arrival.said[key]].setdefault(arrival.number, arrival)
        return {lane: list(messages.values()) for lane, messages in lanes.items()}

    def repeated(self) -> dict[str, int]:
        """The messages that came more than once, and how often; each time with the same bytes."""
        bodies: dict[str, list[bytes]] = defaultdict(list)
        for arrival in tuple(self.arrivals):
            bodies[arrival.number].append(arrival.body)
        assert all(len(set(same)) == 1 for same in bodies.values())
        return {number: len(same) for number, same in bodies.items() if len(same) > 1}


@contextmanager
def opened() -> Iterator[Sink]:
    """The receiver, until the block ends."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sink.take(Arrival(self.headers["webhook-id"], body, json.loads(body)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the arrivals are kept."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                # Whoever sent it was killed.
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/pings"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield sink
    finally:
        sink.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
