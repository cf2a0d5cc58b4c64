"""A room's page: it changes nothing itself; whoever its token names is let in, others are told why not."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from agora_program import Program

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.domain.rooms import queries as rooms
from app.domain.tenants import queries as tenants
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.seats import SeatRole

HOUR = 3600
ROOM = "algebra 1"


@pytest.fixture
def seal(program: Program, clock: ManualClock) -> Seal:
    return Seal(program.app_id, program.certificate, int(clock.now().timestamp()), HOUR, 7)


def url(program: Program, room: str = ROOM) -> str:
    return f"/agora/{program.app_id}/rooms/{quote(room)}"


async def knock(program: Program, room: str = ROOM, **said: Any) -> httpx.Response:
    return await program.client.post(f"{url(program, room)}/enter", json=said)


async def seated(works: Works, answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    _, _, _, tenant_id, link, socket = answer.json()["socket"].split("/")
    assert socket == "socket"
    async with works.begin(tenant_id) as work:
        tenant = await tenants.by_id(work, tenant_id)
        classroom = await rooms.named(work, tenant, ROOM)
        found = await rooms.seated(work, classroom, "ada")
    assert link == found.participant.link
    return found


async def test_the_page_changes_nothing(program: Program, seal: Seal) -> None:
    token = building.room_user_007(seal, ROOM, "ada", 1)
    answer = await program.client.get(url(program), params={"userUuid": "ada", "token": token})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert f'data-door="{url(program)}/enter"' in answer.text
    assert token not in answer.text
    assert (await program.refused("GET", f"v2/rooms/{quote(ROOM)}"))[1] == 20404100


@pytest.mark.parametrize(
    ("kind", "said", "role"),
    [
        ("room user 1", {}, SeatRole.HOST),
        ("room user 2", {"roleType": "1"}, SeatRole.PARTICIPANT),
        ("room user 3", {}, SeatRole.MODERATOR),
        ("user", {"roleType": "1"}, SeatRole.HOST),
        ("user", {}, SeatRole.PARTICIPANT),
        ("rtm", {"roleType": 3}, SeatRole.MODERATOR),
        ("app", {"roleType": "2"}, SeatRole.PARTICIPANT),
    ],
)
async def test_the_token_says_who_comes_and_as_what(
    program: Program, works: Works, seal: Seal, kind: str, said: Any, role: SeatRole
) -> None:
    token = {
        "user": building.user_007(seal, "ada"),
        "rtm": building.rtm_007(seal, "ada"),
        "app": building.app_007(seal),
    }.get(kind) or building.room_user_007(seal, ROOM, "ada", int(kind[-1]))
    await program.room(ROOM)
    answer = await knock(program, token=token, userUuid="ada", userName="Ada", **said)
    found = await seated(works, answer)
    assert (found.participant.role, found.user.name) == (role.value, "Ada")
    assert (answer.json()["title"], answer.json()["name"]) == ("Algebra", "Ada")
    # Coming again leads to the same seat.
    again = await knock(program, token=token, userUuid="ada", **said)
    assert again.json()["socket"] == answer.json()["socket"]


async def test_who_only_watches_has_role_0(program: Program, works: Works, seal: Seal) -> None:
    await program.room(ROOM)
    token = building.rtm_007(seal, "ada")
    found = await seated(works, await knock(program, rtmToken=token, userUuid="ada", roleType="0"))
    assert found.participant.observer


async def test_a_plus_sign_survives_the_address(program: Program, works: Works, clock: ManualClock) -> None:
    """Programs that do not encode it send a space."""
    issued_at = int(clock.now().timestamp())
    made = (
        building.room_user_007(
            Seal(program.app_id, program.certificate, issued_at, HOUR, salt), ROOM, "ada", 1
        )
        for salt in range(1, 200)
    )
    token = next(token for token in made if "+" in token)
    assert (await seated(works, await knock(program, token=token.replace("+", " ")))).name == "ada"
    old = building.rtm_006(Seal(program.app_id, program.certificate, issued_at, HOUR, 7), "ada")
    assert (await knock(program, rtmToken=old, userUuid="ada")).status_code == 200


async def test_a_room_that_is_not_there_is_made(program: Program, seal: Seal) -> None:
    token = building.room_user_007(seal, "new", "ada", 1)
    assert (await knock(program, "new", token=token, roomName="Physics", roomType="2")).status_code == 200
    made = await program.done("GET", "v2/rooms/new")
    assert (made["roomName"], made["roomType"], made["state"]) == ("Physics", 2, 0)


async def test_others_are_told_why_not_in_words(program: Program, seal: Seal) -> None:
    await program.room(ROOM)
    good = building.user_007(seal, "ada")
    late = building.user_007(Seal(seal.app_id, seal.certificate, seal.issued_at - HOUR, HOUR, 7), "ada")
    for said, status, words in (
        ({}, 401, "there is none"),
        ({"token": "nothing"}, 401, "does not let you in"),
        ({"token": late}, 401, "expired"),
        ({"token": good, "userUuid": "bob"}, 401, "another user's"),
        ({"token": building.room_user_007(seal, "biology", "ada", 1)}, 401, "another room"),
        ({"token": building.app_007(seal)}, 400, "userUuid is missing"),
        ({"token": good, "roleType": "7"}, 400, "role must be one of"),
        ({"token": good, "roleType": "teacher"}, 400, "roleType"),
    ):
        answer = await knock(program, **said)
        assert (answer.status_code, answer.json().keys()) == (status, {"message"}), said
        assert words in answer.json()["message"]
    answer = await knock(program, "r*m", token=good)
    assert (answer.status_code, "roomUuid" in answer.json()["message"]) == (400, True)


async def test_a_room_that_is_closed_says_so(program: Program, seal: Seal) -> None:
    await program.room(ROOM)
    for state in (1, 2, 3):
        await program.done("PUT", f"v2/rooms/{quote(ROOM)}/states/{state}")
    answer = await knock(program, token=building.user_007(seal, "ada"))
    assert (answer.status_code, "cannot be entered any more" in answer.json()["message"]) == (410, True)


async def test_what_is_no_page_is_a_friendly_one(program: Program) -> None:
    for path in ("/agora", "/agora/x", f"{url(program)}/elsewhere"):
        answer = await program.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
