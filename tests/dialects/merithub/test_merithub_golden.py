"""Every request and response of the vendor's page, in its order, as it stands, in the days of its examples.

The golden files repair only what is no JSON on the page: typographic quotes, missing commas, one comma too
many, comments, and the e-mail addresses that its publisher blanked. Ids and links are those of the run;
`networkId` in the full user is known from running programs; `EXPIRY` is the number that the page tells.
"""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from merithub_program import Program, golden, shape

from app.kit.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Some days before the class of the examples."""
    return ManualClock(datetime(2020, 10, 1, tzinfo=UTC))


def exactly(answer: httpx.Response, expected: Any) -> None:
    """The same keys in the same order with the same values."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert json.dumps(answer.json()) == json.dumps(expected)


async def token_of(program: Program, form: str) -> httpx.Response:
    path = f"/v1/{program.client_id}/api/token"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return await program.client.post(path, content=form, headers=headers)


def token_request(program: Program) -> dict[str, str]:
    asked: dict[str, str] = golden("get_access_token.request")
    return asked | {"assertion": asked["assertion"].replace("{JWT_TOKEN}", program.assertion())}


async def test_get_access_token(program: Program) -> None:
    asked = token_request(program)
    unencoded = "&".join(f"{name}={value}" for name, value in asked.items())
    for form in (urlencode(asked), unencoded, json.dumps(asked)):
        answer = await token_of(program, form)
        token = answer.json()["access_token"]
        assert token.startswith("Bearer ey")
        domain = f"http://homeroom.test/{program.client_id}/api/token"
        expected = golden("get_access_token.response") | {"access_token": token, "api_domain": domain}
        exactly(answer, expected)


async def test_add_user(program: Program) -> None:
    answer = await program.call("POST", "users", golden("add_user.request"))
    added = answer.json()
    assert answer.status_code == 200
    assert len(added["userId"]) == 20
    assert added["userToken"].startswith("Bearer ey")
    assert list(added) == list(golden("add_user.response"))


async def test_update_user(program: Program) -> None:
    user_id = await program.user(**golden("add_user.request"))
    answer = await program.call("PUT", f"users/{user_id}", golden("update_user.request"))
    own = {"userId": user_id, "networkId": program.client_id, "CLIENT_ID": program.client_id}
    exactly(answer, golden("update_user.response") | own)


async def test_delete_user(program: Program) -> None:
    user_id = await program.user(**golden("add_user.request"))
    answer = await program.client.delete(
        f"/v1/{program.client_id}/users/{user_id}",
        headers={"Content-Type": "application/json", "Authorization": program.token},
    )
    exactly(answer, golden("delete_user.response"))


@pytest.mark.parametrize(
    ("kind", "in_force"),
    [
        ("oneTime", {"endDate": "", "schedule": [], "totalClasses": 0}),
        ("perma", {"endDate": "2020-10-05T15:29:00+05:30", "schedule": [2, 4, 5], "totalClasses": 20}),
    ],
)
async def test_schedule_class(program: Program, kind: str, in_force: dict[str, Any]) -> None:
    owner = await program.user()
    asked = golden("schedule_class.request") | {"type": kind}
    answer = await program.call("POST", owner, asked)
    assert shape(answer.json()) == shape(golden("schedule_class.response"))
    assert len({*answer.json()["commonLinks"].values(), answer.json()["hostLink"]}) == 4
    shown = await program.shown(answer.json()["classId"])
    assert {name: shown[name] for name in asked} == asked | in_force


@pytest.mark.parametrize(("kind", "days"), [("oneTime", []), ("perma", [2, 4, 5])])
async def test_edit_class(program: Program, kind: str, days: list[int]) -> None:
    made = await program.schedule(await program.user(), type=kind, startTime="2020-10-03T10:00:00Z")
    asked = golden("edit_class.request")
    answer = await program.call("PUT", made["classId"], asked)
    exactly(answer, golden("edit_class.response"))
    shown = await program.shown(made["classId"])
    ends = asked["endDate"] if kind == "perma" else ""
    assert {name: shown[name] for name in asked} == asked | {"schedule": days, "endDate": ends}


async def students_in(program: Program) -> tuple[str, list[str], httpx.Response]:
    """A class, two students, and the answer to the page's request that lets them in."""
    made = await program.schedule(await program.user(), startTime="2020-10-03T10:00:00Z")
    people = [await program.user("Student"), await program.user("Student")]
    asked = golden("add_users_to_class.request")
    for row, user_id in zip(asked["users"], people, strict=True):
        row |= {"userId": user_id, "userLink": made["commonLinks"]["commonParticipantLink"]}
    answer = await program.call("POST", f"{made['classId']}/users", asked)
    return made["classId"], people, answer


async def test_add_users_to_class(program: Program) -> None:
    _, people, answer = await students_in(program)
    links = [row["userLink"] for row in answer.json()]
    assert len(set(links)) == 2
    expected = golden("add_users_to_class.response")
    for row, user_id, link in zip(expected, people, links, strict=True):
        row |= {"userId": user_id, "userLink": link}
    exactly(answer, expected)


async def test_remove_users_from_class(program: Program) -> None:
    class_id, people, _ = await students_in(program)
    asked = golden("remove_users_from_class.request") | {"users": people}
    answer = await program.call("POST", f"{class_id}/removeuser", asked)
    exactly(answer, golden("remove_users_from_class.response"))


async def test_delete_class(program: Program) -> None:
    class_id, _, _ = await students_in(program)
    exactly(await program.call("DELETE", class_id), golden("delete_class.response"))
