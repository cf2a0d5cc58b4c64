"""Whatever is sent, the answer is one that the description promises: a fixed budget of odd requests."""

import base64
import json
from typing import Any

import httpx
import schemathesis
from hypothesis import strategies as st
from promises import put_to_the_test
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from app.admin.docs import openapi_of
from app.bootstrap import LEARNCUBE_PRIVATE, LEARNCUBE_PUBLIC
from app.dialects.learncube import LEARNCUBE

CASES = 15
"""Requests to each operation."""

PAIR = base64.b64encode(f"{LEARNCUBE_PUBLIC}:{LEARNCUBE_PRIVATE}".encode()).decode()
HEADERS = {"authorization": f"Basic {PAIR}"}
SEASONING = st.sampled_from(
    [
        "2031-01-15T10:00:00Z",
        "2031-01-15",
        "9999-12-31T23:59:59+14:00",
        "0001-01-01",
        "https://school.example/\u0000",
        "http://[",
        "",
        "0",
        "1e3",
        "NaN",
        "a\x00b",
        "🧑‍🏫" * 200,
        -1,
        10**30,
        1e308,
        True,
        None,
        [],
        {},
    ]
)


def complaint(answer: httpx.Response | schemathesis.Response) -> str | None:
    """What is wrong with a refusal: `{"detail"}` or `{field: [messages]}` and nothing else is right."""
    if answer.status_code < 400:
        return None
    body = json.loads(answer.content)
    if not isinstance(body, dict) or not body:
        return "no object"
    if list(body) == ["detail"]:
        return None if isinstance(body["detail"], str) and body["detail"] else "no sentence"
    lists = all(isinstance(said, list) and said and all(said) for said in body.values())
    return None if lists and answer.status_code == 400 else f"not the form of a refusal: {body}"


@st.composite
def requests(draw: st.DrawFn, operation: APIOperation, uuid: str) -> Case:
    """A request as described or against it; mostly a sound one with a flaw."""
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    case = draw(operation.as_strategy(generation_mode=draw(modes)))
    mostly = st.integers(0, 4).map(bool)
    if isinstance(case.path_parameters, dict) and case.path_parameters and draw(mostly):
        case.path_parameters["uuid"] = uuid
    if isinstance(case.body, dict) and case.body and draw(mostly):
        flaws = draw(st.sets(st.sampled_from(sorted(case.body)), max_size=2))
        sound = {"room_token": draw(st.integers(0, 10**6)), "start": "2031-01-15T10:00:00"}
        case.body = sound | {name: draw(SEASONING) for name in flaws}
    if isinstance(case.query, dict) and case.query:
        flaws = draw(st.sets(st.sampled_from(sorted(case.query)), max_size=2))
        case.query |= {name: str(draw(SEASONING)) for name in flaws}
    return case


def test_no_request_gets_an_answer_that_is_not_described(server: Any) -> None:
    base = "/api/virtual-classroom/classrooms/"
    described = schemathesis.openapi.from_dict(openapi_of("learncube", LEARNCUBE.router.routes))
    for found in described.get_all_operations():
        made = server.api.post(base, json={"room_token": found.ok().label}, headers=HEADERS)
        assert made.status_code == 201, made.text
        wanted = requests(found.ok(), made.json()["uuid"])
        put_to_the_test(wanted, CASES, server, HEADERS, complaint)
