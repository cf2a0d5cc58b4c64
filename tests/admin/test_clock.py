"""The clock of a test tenant, as a developer moves it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jose import jws

from app.domain.alarms import set_alarm
from app.kit.clock import ManualClock
from app.kit.work import Works

START = "2027-03-01T08:00:00Z"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class School:
    """A test tenant whose clock stands at START, and its program."""

    def __init__(self, client: httpx.AsyncClient, admin: dict[str, str], made: dict[str, Any]) -> None:
        self.client, self.admin = client, admin
        self.tenant_id: str = made["tenant_id"]
        self.client_id: str = made["credentials"]["merithub"]["client_id"]
        self.secret: str = made["credentials"]["merithub"]["client_secret"]
        self.token = ""

    @property
    def clock(self) -> str:
        return f"/_/admin/v1/tenants/{self.tenant_id}/clock"

    async def ask(self, what: str = "", body: Any = None) -> httpx.Response:
        method = "POST" if what else "GET"
        return await self.client.request(method, f"{self.clock}{what}", json=body, headers=self.admin)

    async def advance(self, **far: Any) -> Any:
        answer = await self.ask("/advance", far)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sign_in(self) -> None:
        assertion = jws.sign({"iss": self.client_id}, self.secret, algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": assertion}
        answer = await self.client.post(f"/v1/{self.client_id}/api/token", data=form)
        self.token = answer.json()["access_token"]

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"authorization": self.token}
        return await self.client.request(method, f"/v1/{self.client_id}/{path}", json=body, headers=headers)

    async def lesson(self, starts: str, duration: int = 60) -> str:
        teacher = (await self.call("POST", "users", {"name": "Ms Teach"})).json()["userId"]
        plan = {"title": "Algebra", "startTime": starts, "duration": duration}
        answer = await self.call("POST", teacher, plan)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["classId"])


@pytest.fixture
async def school(client: httpx.AsyncClient, admin: dict[str, str], receiver: Any) -> School:
    new = {
        "name": "Test school",
        "test": True,
        "allow_private": True,
        "clock": START,
        "merithub": {"ping_url": receiver.url},
    }
    answer = await client.post("/_/admin/v1/tenants", json=new, headers=admin)
    assert answer.status_code == 201, answer.text
    school = School(client, admin, answer.json())
    await school.sign_in()
    return school


def pings(receiver: Any) -> list[tuple[str, str]]:
    return [(one.json["requestType"], one.json.get("status", "")) for one in receiver.requests]


async def test_a_clock_stands_where_the_tenant_was_made(school: School, clock: ManualClock) -> None:
    clock.advance(timedelta(days=1))
    assert (await school.ask()).json() == {
        "tenant_id": school.tenant_id,
        "now": START,
        "own": True,
        "frozen": True,
        "next": None,
    }


async def test_what_falls_due_on_the_way_happens_in_order_at_its_own_instant(
    school: School, receiver: Any
) -> None:
    late = await school.lesson("2027-03-01T12:00:00Z")
    early = await school.lesson("2027-03-01T10:00:00Z", duration=30)
    assert (await school.ask()).json()["next"]["due_at"] == "2027-03-01T10:30:00Z"
    answer = await school.advance(by="1d")
    assert answer["now"] == "2027-03-02T08:00:00Z"
    assert [(one["at"], one["what"], one["kind"], one["classroom_id"]) for one in answer["rang"]] == [
        ("2027-03-01T10:30:00Z", "alarm", "expire", early),
        ("2027-03-01T10:30:00Z", "delivery", "classStatus", early),
        ("2027-03-01T13:00:00Z", "alarm", "expire", late),
        ("2027-03-01T13:00:00Z", "delivery", "classStatus", late),
    ]
    assert pings(receiver) == [("classStatus", "ex"), ("classStatus", "ex")]
    ledger = await school.client.get(
        f"/_/admin/v1/tenants/{school.tenant_id}/events?classroom_id={early}", headers=school.admin
    )
    assert [(one["kind"], one["at"]) for one in ledger.json()["events"]] == [
        ("ClassroomScheduled", START),
        ("ClassroomExpired", "2027-03-01T10:30:00Z"),
    ]


async def test_it_goes_to_the_next_alarm_and_to_an_instant(school: School) -> None:
    await school.lesson("2027-03-01T10:00:00Z")
    assert (await school.advance(next=True))["now"] == "2027-03-01T11:00:00Z"
    assert (await school.advance(to="2027-04-01T00:00:00+02:00"))["now"] == "2027-03-31T22:00:00Z"
    nothing = await school.ask("/advance", {"next": True})
    assert (nothing.status_code, nothing.json()["title"]) == (409, "NothingDue")


async def test_retries_happen_when_their_time_comes(school: School, receiver: Any) -> None:
    receiver.answers = [503, 503]
    await school.lesson("2027-03-01T09:00:00Z")
    answer = await school.advance(by="3h")
    tries = [(one["at"], one["status"]) for one in answer["rang"] if one["what"] == "delivery"]
    assert tries == [
        ("2027-03-01T10:00:00Z", 503),
        ("2027-03-01T10:00:05Z", 503),
        ("2027-03-01T10:00:15Z", 200),
    ]


async def test_tokens_expire_by_it(school: School) -> None:
    await school.advance(by="59m59s")
    assert (await school.call("GET", "users?query=x")).status_code == 200
    await school.advance(by=1)
    assert (await school.call("GET", "users?query=x")).status_code == 401


async def test_an_assertion_of_the_worlds_time_is_taken_in_any_year(
    school: School, clock: ManualClock
) -> None:
    await school.advance(by="500d")
    soon = int((clock.now() + timedelta(minutes=5)).timestamp())
    assertion = jws.sign({"iss": school.client_id, "exp": soon}, school.secret, algorithm="HS256")
    form = {"grant_type": GRANT, "assertion": assertion}
    answer = await school.client.post(f"/v1/{school.client_id}/api/token", data=form)
    assert answer.status_code == 200


async def test_a_running_clock_goes_on_from_where_it_was_moved(school: School, clock: ManualClock) -> None:
    await school.ask("/run")
    clock.advance(timedelta(minutes=10))
    assert (await school.ask()).json()["now"] == "2027-03-01T08:10:00Z"
    assert (await school.advance(by="1h"))["now"] == "2027-03-01T09:10:00Z"
    clock.advance(timedelta(minutes=5))
    shown = (await school.ask()).json()
    assert (shown["now"], shown["own"], shown["frozen"]) == ("2027-03-01T09:15:00Z", True, False)
    assert (await school.ask("/freeze")).json()["frozen"] is True
    clock.advance(timedelta(minutes=5))
    assert (await school.ask()).json()["now"] == "2027-03-01T09:15:00Z"


async def test_a_test_tenant_has_the_worlds_time_until_it_is_moved(
    client: httpx.AsyncClient, admin: dict[str, str], clock: ManualClock
) -> None:
    made = await client.post("/_/admin/v1/tenants", json={"name": "Test", "test": True}, headers=admin)
    school = School(client, admin, made.json())
    shown = (await school.ask()).json()
    assert (shown["own"], datetime.fromisoformat(shown["now"])) == (False, clock.now())


@pytest.mark.parametrize(
    ("far", "status", "field"),
    [
        ({}, 400, "by"),
        ({"by": "1h", "next": True}, 400, "by"),
        ({"by": "-1h"}, 400, "by"),
        ({"by": "soon"}, 400, "by"),
        ({"to": "2027-03-01T07:59:59Z"}, 400, "to"),
        ({"to": "yesterday"}, 400, "to"),
        ({"backwards": True}, 400, "backwards"),
    ],
)
async def test_time_moves_forward_by_something_that_can_be_read(
    school: School, far: dict[str, Any], status: int, field: str
) -> None:
    answer = await school.ask("/advance", far)
    assert answer.status_code == status, answer.text
    assert field in answer.json()["field"]
    assert (await school.ask()).json()["now"] == START


@pytest.mark.parametrize("verb", ["/freeze", "/run", "/advance"])
async def test_only_test_tenants_have_a_clock_to_move(
    client: httpx.AsyncClient, admin: dict[str, str], verb: str
) -> None:
    made = await client.post("/_/admin/v1/tenants", json={"name": "Real"}, headers=admin)
    school = School(client, admin, made.json())
    answer = await school.ask(verb, {"by": "1h"})
    assert (answer.status_code, answer.json()["title"]) == (409, "NoTestClock")


async def test_a_clock_of_its_own_is_for_test_tenants(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    answer = await client.post("/_/admin/v1/tenants", json={"name": "Real", "clock": START}, headers=admin)
    assert (answer.status_code, answer.json()["field"]) == (400, "clock")


async def test_one_tenants_clock_moves_nothing_of_another(school: School, clock: ManualClock) -> None:
    other = await school.client.post(
        "/_/admin/v1/tenants", json={"name": "Other", "test": True}, headers=school.admin
    )
    theirs = School(school.client, school.admin, other.json())
    await theirs.sign_in()
    starts = clock.now() + timedelta(hours=1)
    class_id = await theirs.lesson(starts.isoformat())
    assert (await school.advance(by="900d"))["rang"] == []
    status = await theirs.call("GET", f"{class_id}/status")
    assert status.json()["status"] == "up"


async def test_an_alarm_that_fails_is_tried_again_on_the_way(school: School, works: Works) -> None:
    async with works.begin(school.tenant_id) as work:
        await set_alarm(
            work, school.tenant_id, "expire", "no-such-class", due_at=work.now, classroom_id="no-such-class"
        )
    answer = await school.advance(by="1m")
    assert (answer["now"], answer["rang"]) == ("2027-03-01T08:01:00Z", [])
    assert answer["next"]["subject"] == "no-such-class"


async def test_a_receiver_sees_the_worlds_time_in_the_signature(
    school: School, receiver: Any, clock: ManualClock
) -> None:
    await school.lesson("2027-03-01T09:00:00Z")
    await school.advance(by="2h")
    [ping] = receiver.requests
    assert int(ping.headers["webhook-timestamp"]) == int(clock.now().astimezone(UTC).timestamp())
    assert json.loads(ping.body)["status"] == "ex"
