"""Whatever is sent, the answer is the envelope, as the description promises: a fixed budget of odd requests.

Made from the routes, in both forms of address: a new route is tried too.
"""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import strategies as st
from promises import put_to_the_test
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.schemas import APIOperation

from app.admin.docs import openapi_of
from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.dialects.agora import AGORA, building
from app.dialects.agora.building import Seal
from app.kit.clock import SystemClock

CASES = 6
"""Requests to each operation in each form."""

SEASONING = st.sampled_from(
    [
        "algebra",
        "null",
        "0",
        "1e3",
        "-1",
        "NaN",
        "a\x00b",
        "..",
        "a.b.c",
        "🧑‍🏫" * 200,
        "٣",
        0,
        1,
        -1,
        2**31,
        10**30,
        1e308,
        True,
        None,
        [],
        ["a", 1, None, {}],
        {},
        {"a.b": {"c": 1}, "": None},
    ]
)
SOUND: dict[str, Any] = {
    "roomName": "Algebra",
    "roomType": 4,
    "roomProperties": {"schedule": {"startTime": 1_924_992_000_000, "duration": 3600}},
    "role": 2,
    "userName": "Ada",
    "properties": {"a.b": 1},
    "cause": {"reason": "fuzz"},
    "dirty": {"state": 1, "duration": 60},
    "message": "Good morning",
    "type": 1,
    "muteChat": 1,
    "mode": "web",
    "webRecordConfig": {"url": "https://school.example/", "rootUrl": "https://school.example/"},
    "groups": [{"groupName": "A", "users": [{"userUuid": "ada"}]}],
    "rewardDetails": [{"userUuid": "ada", "changeReward": 1}],
    "items": ["A", "B"],
    "answers": ["A"],
    "pollItems": ["A", "B"],
    "selectedItems": ["A"],
    "selectIndex": [0],
}
QUERIES = ("nextId", "cmd", "count", "role", "type")


@dataclass(frozen=True)
class Addressed:
    """The server, spoken to with or without a region."""

    base_url: str


def complaint(answer: httpx.Response | schemathesis.Response) -> str | None:
    """What is wrong with an answer: a code that is 0 exactly when all went well, a message, the time."""
    said = json.loads(answer.content)
    if type(said.get("code")) is not int or not isinstance(said.get("msg"), str) or not said["msg"]:
        return f"no envelope: {said}"
    if type(said.get("ts")) is not int:
        return "no time"
    if (said["code"] == 0) is not (answer.status_code == 200):
        return f"HTTP {answer.status_code} with code {said['code']}"
    # Eight digits have the status in their middle.
    status = said["code"] // 1000 % 1000 if said["code"] > 999 else said["code"] or 200
    return None if status == answer.status_code else f"HTTP {answer.status_code} with code {said['code']}"


@st.composite
def requests(draw: st.DrawFn, operation: APIOperation, room: str) -> Case:
    """A request as described or against it; mostly a sound one with a flaw."""
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    case = draw(operation.as_strategy(generation_mode=draw(modes)))
    mostly = st.integers(0, 4).map(bool)
    if isinstance(case.path_parameters, dict):
        known = {
            "app_id": AGORA_ID,
            "room_uuid": draw(st.sampled_from([room, room, "new"])),
            "user_uuid": "ada",
        }
        for name in sorted(case.path_parameters):
            # With another app nothing else would be looked at.
            if draw(mostly) or (name == "app_id" and draw(mostly)):
                case.path_parameters[name] = known.get(name) or draw(st.sampled_from(["0", "1", "2", "x y"]))
    if operation.method.upper() != "GET" and draw(mostly):
        flaws = draw(st.sets(st.sampled_from(sorted(SOUND)), max_size=3))
        case.body = SOUND | {name: draw(SEASONING) for name in flaws}
        if draw(st.integers(0, 9)) == 0:
            case.body = draw(st.one_of(SEASONING, st.just(NOT_SET)))
        case.media_type = "application/json"
    flaws = draw(st.sets(st.sampled_from(QUERIES), max_size=2))
    case.query = dict(case.query or {}) | {name: str(draw(SEASONING)) for name in flaws}
    return case


@pytest.mark.parametrize("region", ["", "/eu"])
def test_no_request_gets_an_answer_that_is_not_described(server: Any, region: str) -> None:
    seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(SystemClock().now().timestamp()), 3600, 7)
    headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    described = schemathesis.openapi.from_dict(openapi_of("agora", AGORA.router.routes))
    where = Addressed(f"{server.base_url}{region}")
    for number, found in enumerate(described.get_all_operations()):
        # Each has a room of its own: some end it.
        room = f"algebra {number}"
        made = f"{where.base_url}/edu/apps/{AGORA_ID}/v2/rooms/{room}"
        server.api.post(made, json={"roomName": "Algebra", "roomType": 4}, headers=headers)
        server.api.put(f"{made}/users/ada", json={"role": 2}, headers=headers)
        server.api.put(f"{made}/states/1", headers=headers)
        put_to_the_test(requests(found.ok(), room), CASES, where, headers, complaint)
