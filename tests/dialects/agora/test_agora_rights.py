"""Who may do what: every route of the API with every kind of token and every seat.

A person's token acts for its own person, in its own room, never above the role that it signs nor above the
seat that is there; what leads takes a leader's seat or the server's token.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from agora_program import Program
from fastapi.routing import iter_route_contexts

from app.dialects.agora import AGORA, building
from app.dialects.agora.building import Seal
from app.dialects.agora.rights import RIGHTS
from app.domain.tenants import create as make_tenant
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works

HOUR = 3600
ROOM, OTHER_ROOM = "algebra", "biology"
NOBODY, WATCHER, STUDENT, TEACHER, ASSISTANT = None, 0, 2, 1, 3
LEADERS = (TEACHER, ASSISTANT)

PEOPLE = "anybody whom the room is open to"
SEATED = "who has a seat, or a token for this room"
CHAT = "who has a seat"
OWN = "who has a seat and does not only watch"
LEAD = "who leads"
SERVER = "the server"

BODIES: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "v2/rooms/{room}"): (SERVER, {"roomName": "New", "roomType": 4}),
    ("GET", "v2/rooms/{room}"): (PEOPLE, None),
    ("PUT", "v2/rooms/{room}/states/{}"): (LEAD, None),
    ("GET", "v2/rooms/sequences"): (SERVER, None),
    ("GET", "v2/rooms/{room}/sequences"): (SEATED, None),
    ("PUT", "v3/rooms/{room}/users/{}"): (PEOPLE, {}),
    ("PUT", "v2/rooms/{room}/users/{}"): (PEOPLE, {}),
    ("GET", "v2/rooms/{room}/users/{}"): (SEATED, None),
    ("GET", "v2/rooms/{room}/users"): (SEATED, None),
    ("POST", "v2/rooms/{room}/users/{}/exit"): (LEAD, {}),
    ("POST", "v2/rooms/{room}/from/{}/chat"): (CHAT, {"message": "Hello", "type": 1}),
    ("PUT", "v2/rooms/{room}/mute"): (LEAD, {"muteChat": True}),
    ("POST", "v2/rooms/{room}/rewards"): (LEAD, {"rewardDetails": []}),
    ("PUT", "v2/rooms/{room}/groups/states/1"): (LEAD, {"groups": []}),
    ("PUT", "v2/rooms/{room}/groups/states/0"): (LEAD, None),
    ("PUT", "v2/rooms/{room}/groups/states/{}"): (LEAD, None),
    ("PATCH", "v2/rooms/{room}/groups/users"): (LEAD, {}),
    ("PUT", "v2/rooms/{room}/records/states/{}"): (LEAD, {"mode": "web"}),
    ("PATCH", "v2/rooms/{room}/records/states/{}"): (LEAD, {"mode": "web"}),
    ("GET", "v2/rooms/{room}/records"): (LEAD, None),
    ("POST", "v2/rooms/{room}/processes/handsUp/progress"): (OWN, {"fromUserUuid": "z"}),
    ("PUT", "v2/rooms/{room}/processes/handsUp/progress"): (OWN, {"fromUserUuid": "z"}),
    ("DELETE", "v2/rooms/{room}/processes/handsUp/progress"): (OWN, {"fromUserUuid": "z"}),
    ("POST", "v2/rooms/{room}/processes/handsUp/acceptance"): (LEAD, {"toUserUuid": "o"}),
    ("PUT", "v2/rooms/{room}/processes/handsUp/acceptance"): (LEAD, {"toUserUuid": "o"}),
    ("DELETE", "v2/rooms/{room}/processes/handsUp/acceptance"): (LEAD, {"toUserUuid": "o"}),
    ("PUT", "v2/rooms/{room}/properties"): (LEAD, {"properties": {"a": 1}}),
    ("DELETE", "v2/rooms/{room}/properties"): (LEAD, {"properties": ["a"]}),
    ("PUT", "v2/rooms/{room}/users/properties/batch"): (LEAD, {"users": []}),
    ("DELETE", "v2/rooms/{room}/users/properties/batch"): (LEAD, {"users": []}),
    ("PUT", "v2/rooms/{room}/users/{}/properties"): (OWN, {"properties": {"a": 1}}),
    ("DELETE", "v2/rooms/{room}/users/{}/properties"): (OWN, {"properties": ["a"]}),
    ("PUT", "v2/rooms/{room}/extApps/{}/properties"): (LEAD, {"properties": {"a": 1}}),
    ("DELETE", "v2/rooms/{room}/extApps/{}/properties"): (LEAD, {"properties": ["a"]}),
    ("PUT", "v1/rooms/{room}/resources/{}"): (LEAD, {"resourceName": "x", "url": "https://a.example/x"}),
    ("GET", "v1/rooms/{room}/resources"): (SEATED, None),
    ("DELETE", "v1/rooms/{room}/resources"): (LEAD, {"resourceUuids": []}),
    ("GET", "v2/rooms/{room}/widgets/{}/sequences"): (SEATED, None),
    ("POST", "v2/rooms/{room}/widgets/popupQuizs/start"): (LEAD, {"items": ["A"], "correctItems": ["A"]}),
    ("POST", "v2/rooms/{room}/widgets/popupQuizs/{}/stop"): (LEAD, None),
    ("PUT", "v2/rooms/{room}/widgets/popupQuizs/{}/users/{}"): (OWN, {"selectedItems": ["A"]}),
    ("POST", "v2/rooms/{room}/widgets/polls/start"): (LEAD, {"pollTitle": "?", "pollItems": ["A", "B"]}),
    ("POST", "v2/rooms/{room}/widgets/polls/{}/stop"): (LEAD, None),
    ("POST", "v2/rooms/{room}/widgets/polls/{}/users/{}"): (OWN, {"selectIndex": [0]}),
}
"""What each call of the API takes, by its address, with a body that it takes."""


@dataclass(frozen=True)
class Call:
    """A call of the API about the room, for `z` where it names somebody."""

    method: str
    path: str
    takes: str
    body: Any
    polling: bool

    @property
    def turn(self) -> int:
        """What closes the room, or stops what is asked in it, comes late; who comes has a seat after that."""
        if self.method == "PUT" and re.search(r"{room}/users/z$", self.path):
            return 3
        return 2 if re.search("exit$|states|stop$|start$", self.path) else 0


def calls() -> Iterator[Call]:
    """Every route of the API but for those of the regions, which are the same once more."""
    for route in iter_route_contexts(AGORA.router.routes):
        path = str(route.path)
        if not path.startswith("/edu/"):
            continue
        for method in sorted(route.methods or ()):
            _, _, rest = path.partition("{app_id}/")
            known = re.sub(r"{(?!room)[a-z_]*}", "{}", rest.replace("{room_uuid}", "{room}"))
            takes, body = BODIES[method, known]
            filled = known.replace("/states/{}", "/states/1").replace("{}/exit", "o/exit")
            filled = filled.replace("popupQuizs/{}", "popupQuizs/{quiz}").replace("polls/{}", "polls/{poll}")
            filled = filled.replace("{}", "z")
            yield Call(method, filled, takes, body, path.startswith("/edu/polling"))


CALLS = list(calls())


@dataclass(frozen=True)
class Who:
    """Somebody who calls: the kind of token, the role that it signs, the seat of `z` in the room."""

    kind: str
    seat: int | None
    signed: int = -1
    banned: bool = False

    @property
    def is_server(self) -> bool:
        """Whether the customer's server stands behind the token."""
        return self.kind in ("app", "rtm of nobody", "006 of nobody")

    @property
    def acts_as(self) -> int | None:
        """As what the person acts."""
        if self.seat is NOBODY or self.kind != "room user" or self.signed < 0:
            return self.seat
        order = [WATCHER, STUDENT, ASSISTANT, TEACHER]
        return min(self.seat, self.signed, key=order.index)

    def may(self, takes: str) -> bool:
        """Whether the call is to be answered."""
        if self.is_server:
            return True
        if self.banned or self.kind == "room user of another room":
            return False
        # An RTM token of somebody who leads speaks for the server where no room is asked for.
        return {
            PEOPLE: True,
            SEATED: self.seat is not NOBODY or self.kind == "room user",
            CHAT: self.seat is not NOBODY,
            OWN: self.acts_as not in (NOBODY, WATCHER),
            LEAD: self.acts_as in LEADERS,
            SERVER: self.kind in ("rtm", "006") and self.seat in LEADERS,
        }[takes]


def everybody() -> Iterator[Who]:
    """Every kind of token with every seat."""
    yield from (Who("app", NOBODY), Who("rtm of nobody", NOBODY), Who("006 of nobody", NOBODY))
    yield Who("room user of another room", STUDENT, TEACHER)
    for seat in (NOBODY, WATCHER, STUDENT, ASSISTANT, TEACHER):
        if seat is not NOBODY:
            yield from (Who("rtm", seat), Who("006", seat))
        yield Who("user", seat)
        yield from (Who("room user", seat, signed) for signed in (-1, WATCHER, STUDENT, ASSISTANT, TEACHER))
    for kind in ("rtm", "006", "user"):
        yield Who(kind, STUDENT, banned=True)
    yield Who("room user", STUDENT, STUDENT, banned=True)
    yield Who("room user", TEACHER, TEACHER, banned=True)


def headers(program: Program, who: Who) -> dict[str, str]:
    seal = Seal(program.app_id, program.certificate, int(program.clock.now().timestamp()), HOUR, 7)
    match who.kind:
        case "app":
            token, uid = building.app_007(seal), "server"
        case "rtm of nobody":
            token, uid = building.rtm_007(seal, "server"), "server"
        case "006 of nobody":
            token, uid = building.rtm_006(seal, "server"), "server"
        case "rtm":
            token, uid = building.rtm_007(seal, "z"), "z"
        case "006":
            token, uid = building.rtm_006(seal, "z"), "z"
        case "user":
            token, uid = building.user_007(seal, "z"), "z"
        case "room user":
            token, uid = building.room_user_007(seal, ROOM, "z", who.signed), "z"
        case _:
            token, uid = building.room_user_007(seal, OTHER_ROOM, "z", who.signed), "z"
    return {"x-agora-token": token, "x-agora-uid": uid}


async def furnish(program: Program, who: Who) -> dict[str, str]:
    """A room that is live, with the caller in it, a quiz and a poll; their ids."""
    await program.room(ROOM)
    await program.done("PUT", f"v2/rooms/{ROOM}/states/1")
    await program.done("PUT", f"v3/rooms/{ROOM}/users/o", {"role": STUDENT})
    if who.seat is not NOBODY:
        await program.done("PUT", f"v3/rooms/{ROOM}/users/z", {"role": who.seat})
    if who.banned:
        await program.done("POST", f"v2/rooms/{ROOM}/users/z/exit", {"dirty": {"state": 1, "duration": 600}})
    widgets = f"v2/rooms/{ROOM}/widgets"
    quiz = {"items": ["A", "B"], "correctItems": ["A"]}
    started = await program.done("POST", f"{widgets}/popupQuizs/start", quiz)
    asked = await program.done("POST", f"{widgets}/polls/start", {"pollTitle": "?", "pollItems": ["A", "B"]})
    return {"room": ROOM, "quiz": started["popupQuizId"], "poll": asked["pollId"]}


async def ask(program: Program, call: Call, shown: dict[str, str], ids: dict[str, str]) -> httpx.Response:
    where = "/edu/polling/apps" if call.polling else "/edu/apps"
    url = f"{where}/{program.app_id}/{call.path.format(**ids)}"
    return await program.client.request(call.method, url, json=call.body, headers=shown)


def test_every_route_is_in_the_table() -> None:
    names = {
        str(route.name) for route in iter_route_contexts(AGORA.router.routes) if "/edu/" in str(route.path)
    }
    assert names == set(RIGHTS)


@pytest.mark.parametrize(
    "who",
    list(everybody()),
    ids=lambda who: f"{who.kind}, seat {who.seat}, signed {who.signed}, {who.banned}",
)
async def test_every_route_asks_whose_token_it_is(program: Program, who: Who) -> None:
    ids = await furnish(program, who)
    for call in sorted(CALLS, key=lambda call: call.turn):
        before = await program.events(ROOM)
        answer = await ask(program, call, headers(program, who), ids)
        allowed = who.may(call.takes)
        if allowed:
            assert answer.status_code not in (401, 403), (call, answer.text)
        else:
            assert answer.status_code in (401, 403), (call, answer.text)
            assert await program.events(ROOM) == before, call


STUDENTS = [Who("room user", STUDENT, STUDENT), Who("rtm", STUDENT), Who("user", STUDENT)]


@pytest.mark.parametrize("who", STUDENTS, ids=lambda who: who.kind)
@pytest.mark.parametrize("state", [0, 1, 2, 3])
async def test_a_student_starts_and_ends_no_room(program: Program, who: Who, state: int) -> None:
    await furnish(program, who)
    shown = headers(program, who)
    url = f"/edu/apps/{program.app_id}/v2/rooms/{ROOM}"
    assert (await program.client.put(f"{url}/states/{state}", headers=shown)).status_code == 403
    assert (await program.done("GET", f"v2/rooms/{ROOM}"))["state"] == 1


@pytest.mark.parametrize("who", STUDENTS, ids=lambda who: who.kind)
@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_nobody_lifts_themselves(program: Program, who: Who, version: str) -> None:
    await furnish(program, who)
    url = f"/edu/apps/{program.app_id}/{version}/rooms/{ROOM}/users/z"
    for role in (1, 3):
        answer = await program.client.put(url, json={"role": role}, headers=headers(program, who))
        assert answer.status_code == 403, answer.text
    assert (await program.done("GET", f"v2/rooms/{ROOM}/users/z"))["role"] == STUDENT


@pytest.mark.parametrize("who", STUDENTS, ids=lambda who: who.kind)
async def test_a_student_checks_in_nobody_else(program: Program, who: Who) -> None:
    await furnish(program, who)
    await program.done("PUT", f"v3/rooms/{ROOM}/users/t", {"role": TEACHER, "userName": "Ms Teach"})
    for whom in ("t", "new"):
        url = f"/edu/apps/{program.app_id}/v3/rooms/{ROOM}/users/{whom}"
        body = {"role": STUDENT, "userName": "Renamed"}
        answer = await program.client.put(url, json=body, headers=headers(program, who))
        assert answer.status_code == 403, answer.text
    shown = await program.done("GET", f"v2/rooms/{ROOM}/users/t")
    assert (shown["role"], shown["userName"]) == (TEACHER, "Ms Teach")
    assert (await program.refused("GET", f"v2/rooms/{ROOM}/users/new"))[0] == 404


async def test_who_was_made_a_student_stays_one_with_a_teachers_token(program: Program) -> None:
    who = Who("room user", STUDENT, TEACHER)
    await furnish(program, who)
    url = f"/edu/apps/{program.app_id}/v3/rooms/{ROOM}/users/z"
    answer = await program.client.put(url, json={"role": TEACHER}, headers=headers(program, who))
    assert answer.status_code == 200
    assert (await program.done("GET", f"v2/rooms/{ROOM}/users/z"))["role"] == STUDENT


async def test_an_assistant_makes_assistants_and_no_teacher(program: Program) -> None:
    who = Who("room user", ASSISTANT, ASSISTANT)
    await furnish(program, who)
    await program.done("PUT", f"v3/rooms/{ROOM}/users/t", {"role": TEACHER})
    for whom, role, status in (("o", ASSISTANT, 200), ("o", TEACHER, 403), ("t", STUDENT, 403)):
        url = f"/edu/apps/{program.app_id}/v3/rooms/{ROOM}/users/{whom}"
        answer = await program.client.put(url, json={"role": role}, headers=headers(program, who))
        assert answer.status_code == status, (whom, role, answer.text)
    assert (await program.done("GET", f"v2/rooms/{ROOM}/users/t"))["role"] == TEACHER


async def test_an_rtm_token_of_a_student_is_no_server_elsewhere_either(program: Program) -> None:
    who = Who("rtm", STUDENT)
    await furnish(program, who)
    await program.room(OTHER_ROOM)
    url = f"/edu/apps/{program.app_id}/v2/rooms"
    for method, path in (("PUT", f"{OTHER_ROOM}/states/1"), ("POST", "new"), ("GET", f"{OTHER_ROOM}/users")):
        body = {"roomName": "New", "roomType": 4}
        answer = await program.client.request(
            method, f"{url}/{path}", json=body, headers=headers(program, who)
        )
        assert answer.status_code == 403, answer.text


async def untrusting(works: Works, tenant: Tenant) -> None:
    """The same app as that of a tenant that is not one for tests."""
    async with works.begin() as work:
        (await tenants.by_id(work, tenant.tenant_id)).test = False


def launched(program: Program, who: Who, **said: Any) -> dict[str, Any]:
    return {"token": headers(program, who)["x-agora-token"], "userUuid": "z"} | said


async def enter(program: Program, **said: Any) -> httpx.Response:
    return await program.client.post(f"/agora/{program.app_id}/rooms/{ROOM}/enter", json=said)


UNSIGNED = [Who("user", NOBODY), Who("rtm", NOBODY), Who("app", NOBODY), Who("room user", NOBODY, -1)]


@pytest.mark.parametrize("who", UNSIGNED, ids=lambda who: who.kind)
@pytest.mark.parametrize("role", [1, 3])
async def test_an_address_makes_nobody_a_leader(
    program: Program, works: Works, tenant: Tenant, who: Who, role: int
) -> None:
    await program.room(ROOM)
    await untrusting(works, tenant)
    answer = await enter(program, **launched(program, who, roleType=role))
    assert answer.status_code == 403
    assert "agora.trust_launch_role" in answer.json()["message"]
    assert "buildRoomUserToken" in answer.json()["message"]
    assert (await program.refused("GET", f"v2/rooms/{ROOM}/users/z"))[0] == 404
    assert (await enter(program, **launched(program, who, roleType=2))).status_code == 200


@pytest.mark.parametrize("role", [1, 3])
async def test_who_leads_already_may_come_by_an_address(
    program: Program, works: Works, tenant: Tenant, role: int
) -> None:
    await furnish(program, Who("user", role))
    await untrusting(works, tenant)
    for asked in (role, 2, None):
        answer = await enter(program, **launched(program, Who("user", role), roleType=asked))
        assert answer.status_code == 200, answer.text
        assert (await program.done("GET", f"v2/rooms/{ROOM}/users/z"))["role"] == role


async def test_a_token_that_signs_a_leader_needs_no_trust(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room(ROOM)
    await untrusting(works, tenant)
    answer = await enter(program, **launched(program, Who("room user", NOBODY, TEACHER), roleType=2))
    assert answer.status_code == 200
    assert (await program.done("GET", f"v2/rooms/{ROOM}/users/z"))["role"] == TEACHER


@pytest.mark.parametrize(
    ("test", "told", "trusts"),
    [
        (True, None, True),
        (False, None, False),
        (True, False, False),
        (False, True, True),
    ],
)
async def test_the_tenant_says_whether_addresses_name_roles(
    program: Program,
    works: Works,
    tenant: Tenant,
    admin: dict[str, str],
    *,
    test: bool,
    told: bool | None,
    trusts: bool,
) -> None:
    if not test:
        await untrusting(works, tenant)
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    change = {"agora": {"trust_launch_role": told}}
    shown = await program.client.patch(url, json=change, headers=admin)
    assert shown.json()["agora"]["trust_launch_role"] is trusts
    await program.room(ROOM)
    answer = await enter(program, **launched(program, Who("user", NOBODY), roleType=1))
    assert answer.status_code == (200 if trusts else 403)


async def test_a_ban_is_over_when_it_is_over(program: Program, clock: ManualClock) -> None:
    who = Who("room user", STUDENT, STUDENT, banned=True)
    ids = await furnish(program, who)
    read = Call("GET", "v2/rooms/{room}/users", SEATED, None, polling=False)
    assert (await ask(program, read, headers(program, who), ids)).status_code == 403
    clock.advance(timedelta(seconds=600))
    assert (await ask(program, read, headers(program, who), ids)).status_code == 200


async def test_people_of_other_schools_have_no_part_in_it(program: Program, works: Works) -> None:
    """The same name there is somebody else."""
    async with works.begin() as work:
        other = await make_tenant(work, "Other school", test=True)
        held = await tenants.credential(work, other.tenant_id, "agora")
    theirs = Program(program.client, program.clock, held.public_id, held.secret)
    await furnish(theirs, Who("rtm", STUDENT))
    await program.room(ROOM)
    url = f"/edu/apps/{program.app_id}/v2/rooms/{ROOM}/states/1"
    # With a seat in the other school alone, the bearer of an RTM token is the server here.
    answer = await program.client.put(url, headers=headers(program, Who("rtm", NOBODY)))
    assert answer.status_code == 200
