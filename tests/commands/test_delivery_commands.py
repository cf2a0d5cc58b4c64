"""`homeroom deliveries`, `receivers` and `jobs`: what they print and do against a running server."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import Result
from common import free_port
from make import merithub_class
from standardwebhooks import Webhook
from typer.testing import CliRunner
from waiting import eventually

from app.cli import app

Homeroom = Callable[..., Result]


@pytest.fixture
def homeroom(server: Any, monkeypatch: pytest.MonkeyPatch) -> Homeroom:
    """The command with the settings of the running server."""
    monkeypatch.setenv("HOMEROOM_PORT", server.base_url.rpartition(":")[2])

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return call


class Pinged:
    """A receiver: `status` is what it answers, `got` what it got."""

    def __init__(self) -> None:
        self.status = 200
        self.url = ""
        self.got: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def pinged(server: Any) -> Iterator[Pinged]:
    """Where the development tenant's pings go."""
    pinged = Pinged()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            pinged.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(pinged.status)
            self.send_header("x-trace", "trace-7")
            self.end_headers()
            self.wfile.write(b"said the receiver")

        def log_message(self, *_: object) -> None:
            """Nothing: what came is kept."""

    receiver = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=receiver.serve_forever, args=(0.01,))
    thread.start()
    pinged.url = f"http://127.0.0.1:{receiver.server_port}/pings"
    set_url(server, pinged.url)
    yield pinged
    receiver.shutdown()
    receiver.server_close()
    thread.join()


def set_url(server: Any, url: str) -> None:
    answer = server.api.patch(
        "/_/admin/v1/tenants/development", json={"merithub": {"ping_url": url}}, headers=server.admin
    )
    assert answer.status_code == 200, answer.text


def started_class(server: Any) -> str:
    """A class that is edited twice, with its two pings; its id."""
    made = merithub_class(server, students=0)
    url, headers = f"/v1/{made.client_id}/{made.class_id}", {"authorization": made.token}
    for title in ("Algebra I", "Algebra II"):
        assert server.api.put(url, json={"title": title}, headers=headers).status_code == 200
    return str(made.class_id)


def listed(homeroom: Homeroom, *words: str) -> list[Any]:
    answer = homeroom("deliveries", "list", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return list(json.loads(answer.stdout))


def test_deliveries_are_listed_shown_and_sent_again(server: Any, homeroom: Homeroom, pinged: Pinged) -> None:
    class_id = started_class(server)
    eventually(lambda: len(listed(homeroom, "--state", "delivered")) >= 2, "the pings are delivered")
    every = listed(homeroom)
    assert listed(homeroom, "--class", class_id, "--kind", "classStatus", "--since", "1h") == [
        one for one in every if one["kind"] == "classStatus"
    ]
    assert listed(homeroom, "--state", "dead") == listed(homeroom, "--kind", "chats") == []
    assert listed(homeroom, "--receiver", every[0]["subscription_id"], "--limit", "1") == every[:1]

    table = homeroom("deliveries", "list").stdout.splitlines()
    assert table[0].split() == ["MADE", "(UTC)", "STATE", "SETTLED", "(UTC)", "KIND", "CLASS", "ID"]
    assert [row.split()[-1] for row in table[1:]] == [one["delivery_id"] for one in every]

    first = every[-1]["delivery_id"]
    story = homeroom("deliveries", "show", first).stdout
    headers, body = pinged.got[0]
    for told in (
        f"{first}  classStatus of class {class_id}",
        "delivered at",
        body.decode(),
        "  200 in ",
        f"     POST {pinged.url}",
        f"     webhook-signature: {headers['webhook-signature']}",
        "     200 OK",
        "     x-trace: trace-7",
        "     said the receiver",
    ):
        assert told in story
    told = json.loads(homeroom("deliveries", "show", first, "--json").stdout)
    assert [one["status"] for one in told["attempts"]] == [200]

    assert homeroom("deliveries", "resend", first).stdout == f"{first} is sent again.\n"
    eventually(lambda: pinged.got[-1][0]["webhook-id"] == first, "it came again")
    assert pinged.got[-1][1] == body


def test_a_receiver_that_is_away_says_why_and_goes_on_when_told(
    server: Any, homeroom: Homeroom, pinged: Pinged
) -> None:
    pinged.status = 503
    class_id = started_class(server)

    def told() -> str:
        return str(homeroom("receivers", "list").stdout)

    eventually(lambda: "resting" in told(), "the receiver rests")
    [row] = [line for line in told().splitlines() if pinged.url in line]
    assert row.split()[1:4] == ["merithub", "status", "resting"]
    for reason in ("It was away 1 times in a row", "Tried next at ", ": status 503 (msg_"):
        assert reason in told()
    [waiting, head] = listed(homeroom, "--state", "pending", "--class", class_id, "--kind", "classStatus")
    assert "1 of its class go first" in homeroom("deliveries", "show", waiting["delivery_id"]).stdout
    assert "tried next at" in homeroom("deliveries", "show", head["delivery_id"]).stdout

    paused = homeroom("receivers", "pause")
    assert (paused.exit_code, paused.stdout.splitlines()[-1].startswith("Last failure at")) == (0, True)
    assert "is off" in paused.stdout
    assert "its receiver is off" in homeroom("deliveries", "show", head["delivery_id"]).stdout
    pinged.status = 200
    homeroom("receivers", "resume")
    eventually(lambda: not listed(homeroom, "--state", "pending"), "all that waited is delivered")
    [receiver] = json.loads(homeroom("receivers", "list", "--json").stdout)
    assert (receiver["state"], receiver["waiting"], receiver["last_failure"]) == ("well", 0, None)

    seen = len(pinged.got)
    again = homeroom("receivers", "replay", receiver["receiver_id"], "--since", "1h").stdout
    assert again == f"{len(listed(homeroom))} sent again.\n"
    eventually(lambda: len(pinged.got) == seen + len(listed(homeroom)), "all came again")
    assert homeroom("receivers", "replay-missing").stdout == "0 sent again.\n"


def test_a_test_ping_tells_what_came_back(homeroom: Homeroom, pinged: Pinged) -> None:
    taken = homeroom("receivers", "test")
    assert (taken.exit_code, " 200 in " in taken.stdout) == (0, True)
    pinged.status = 404
    refused = homeroom("receivers", "test", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["attempts"][0]["status"]) == (1, 404)


def test_a_rotated_secret_is_printed_and_signs(homeroom: Homeroom, pinged: Pinged) -> None:
    secret, until = homeroom("receivers", "rotate", "--overlap", "2h").stdout.splitlines()
    assert until.startswith("The former secret signs too until 20")
    assert homeroom("receivers", "test").exit_code == 0
    headers, body = pinged.got[-1]
    assert Webhook(secret).verify(body, headers)["requestType"] == "test"
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert "The former secret signs too" in homeroom("receivers", "list").stdout
    assert "out of use" in homeroom("receivers", "rotate", "--overlap", "0s").stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("deliveries", "show", "msg_none"), "msg_none"),
        (("deliveries", "list", "--since", "soon"), "since: "),
        (("receivers", "pause", "nobody/else"), "nobody/else"),
        (("receivers", "list", "--tenant", "nobody"), "nobody"),
        (("deliveries", "list", "--base-url", f"http://127.0.0.1:{free_port()}"), "does not answer"),
        (("deliveries", "list", "--base-url", "nonsense"), "does not answer"),
    ],
)
def test_trouble_is_told_in_a_sentence(homeroom: Homeroom, words: tuple[str, ...], reason: str) -> None:
    answer = homeroom(*words)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("homeroom: ")
    assert reason in answer.stderr


def test_which_receiver_has_to_be_said_where_there_are_more(server: Any, homeroom: Homeroom) -> None:
    change = {"learncube": {"callback_url": "http://127.0.0.1:9/"}}
    server.api.patch("/_/admin/v1/tenants/development", json=change, headers=server.admin)
    answer = homeroom("receivers", "pause")
    assert (answer.exit_code, "which one? There are 2" in answer.stderr) == (1, True)


def test_jobs_are_listed_and_what_failed_is_tried_again(server: Any, homeroom: Homeroom) -> None:
    made = merithub_class(server, students=0)
    found = json.loads(homeroom("jobs", "list", "--class", str(made.class_id), "--json").stdout)
    assert [(job["kind"], job["state"]) for job in found] == [("expire", "waiting")]

    table = homeroom("jobs", "list", "--kind", "expire").stdout.splitlines()
    assert table[0].split()[0] == "TENANT"
    assert str(made.class_id) in "".join(table[1:])

    assert homeroom("jobs", "list", "--all-tenants", "--state", "dead", "--json").stdout == "[]\n"
    assert homeroom("jobs", "retry", "--all").stdout == "0 tried again.\n"
    unknown = homeroom("jobs", "retry", "expire", "nobody")
    assert unknown.exit_code != 0
    assert "There is no job that failed" in unknown.output
    assert homeroom("jobs", "retry").exit_code != 0
    assert homeroom("jobs", "list", "--all-tenants", "--kind", "expire").exit_code != 0
