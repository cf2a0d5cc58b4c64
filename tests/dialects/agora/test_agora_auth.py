"""Who may call: tokens in either place, of the app, of its room, in time; whoever else gets the one 401."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from agora_program import Program
from jose import jws

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.domain import tenants
from app.domain.tenants import clock as clocks
from app.domain.tenants import queries as tenant_queries
from app.kit.clock import ManualClock
from app.kit.work import Works

HOUR = 3600
ROOM = "algebra"


@pytest.fixture
def seal(program: Program, clock: ManualClock) -> Seal:
    return Seal(program.app_id, program.certificate, int(clock.now().timestamp()), HOUR, 7)


async def ask(program: Program, headers: dict[str, str], path: str = f"v2/rooms/{ROOM}") -> httpx.Response:
    return await program.client.get(f"/edu/apps/{program.app_id}/{path}", headers=headers)


async def knock(program: Program, headers: dict[str, str], path: str = f"v2/rooms/{ROOM}") -> int:
    answer = await ask(program, headers, path)
    if answer.status_code == 401:
        said = answer.json()
        assert said.keys() == {"code", "msg", "message", "ts"}
        assert (said["code"], said["message"]) == (401, "invalid token")
        assert said["msg"].startswith("invalid token: ")
        assert isinstance(said["ts"], int)
    return answer.status_code


def every_kind(seal: Seal) -> dict[str, str]:
    return {
        "rtm": building.rtm_007(seal, "ada"),
        "user": building.user_007(seal, "ada"),
        "app": building.app_007(seal),
        "room user": building.room_user_007(seal, ROOM, "ada", 1),
    }


async def test_a_token_may_stand_in_either_place(program: Program, seal: Seal) -> None:
    await program.room(ROOM)
    for token in every_kind(seal).values():
        own = {"x-agora-token": token, "x-agora-uid": "ada"}
        for headers in (
            own,
            {"x-agora-token": token},
            {"authorization": f"agora token={token}"},
            {"authorization": f'agora token="{token}"'},
            {"authorization": f"Agora  Token = {token} "},
            {"authorization": f'agora token="{token}"', "x-agora-uid": "ada"},
            own | {"authorization": f"agora token={token}"},
            own | {"authorization": f'agora token="{token}"'},
            own | {"authorization": "Basic YTpi"},
        ):
            assert await knock(program, headers) == 200, headers
    old = building.rtm_006(seal, "ada")
    assert await knock(program, {"x-agora-token": old, "x-agora-uid": "ada"}) == 200
    assert await knock(program, {"authorization": f"agora token={old}", "x-agora-uid": "ada"}) == 200
    assert await knock(program, {"authorization": f"agora token={old}"}) == 401


async def test_whoever_shows_no_token_of_the_app_is_refused(program: Program, seal: Seal) -> None:
    await program.room(ROOM)
    good = building.rtm_007(seal, "ada")
    jwt = jws.sign({"iss": program.app_id}, program.certificate)
    basic = base64.b64encode(f"{program.app_id}:{program.certificate}".encode()).decode()
    for headers in (
        {},
        {"x-agora-token": ""},
        {"x-agora-token": "", "x-agora-uid": "ada"},
        {"x-agora-uid": "ada"},
        {"authorization": good},
        {"authorization": f"Bearer {good}"},
        {"authorization": f"Bearer {jwt}"},
        {"authorization": f"Basic {basic}"},
        {"authorization": "agora token="},
        {"authorization": 'agora token=""'},
        {"authorization": f'agora token="{good}'},
        {"authorization": f"agora token={good[:-4]}"},
        {"authorization": f"agora token={good} and more"},
        {"authorization": "agora token=" + "A" * 60_000},
        {"x-agora-token": jwt},
        {"x-agora-token": "A" * 60_000},
        {"x-agora-token": good, "x-agora-uid": "bob"},
        {"x-agora-token": f"006{good[3:]}", "x-agora-uid": "ada"},
        {"x-agora-token": "006\u00e9", "x-agora-uid": "\u00e9"},
    ):
        raw: Any = {name: value.encode() for name, value in headers.items()}
        assert await knock(program, raw) == 401, headers


@pytest.mark.parametrize("region", ["", "/cn", "/ap", "/eu", "/na"])
@pytest.mark.parametrize("app_id", ["0" * 32, "nothing", "%01", "a" * 500])
async def test_an_app_that_is_none_is_the_same_refusal(
    program: Program, seal: Seal, app_id: str, region: str
) -> None:
    headers = {"x-agora-token": building.rtm_007(seal, "ada"), "x-agora-uid": "ada"}
    answer = await program.client.get(f"{region}/edu/apps/{app_id}/v2/rooms/{ROOM}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 401)
    assert answer.json()["msg"] == "invalid token: there is no such app"


async def test_a_token_runs_out(program: Program, seal: Seal, clock: ManualClock) -> None:
    await program.room(ROOM)
    shown = [{"x-agora-token": token} for token in every_kind(seal).values()]
    clock.advance(timedelta(seconds=HOUR - 1))
    assert [await knock(program, headers) for headers in shown] == [200] * 4
    clock.advance(timedelta(seconds=1))
    assert [await knock(program, headers) for headers in shown] == [401] * 4


async def test_a_program_lives_in_the_worlds_time_also_where_a_test_clock_was_moved(
    program: Program, works: Works, tenant: Any, seal: Seal
) -> None:
    await program.room(ROOM)
    async with works.begin() as work:
        held = await clocks.freeze(work, tenant.tenant_id)
        assert held.stands_at is not None
        await clocks.move(
            work, tenant.tenant_id, before=held.stands_at, to=held.stands_at + timedelta(days=2)
        )
    assert await knock(program, {"x-agora-token": building.rtm_007(seal, "ada")}) == 200


async def test_a_room_users_token_opens_its_room_alone(program: Program, seal: Seal) -> None:
    for room in (ROOM, "biology"):
        await program.room(room)
    headers = {"x-agora-token": building.room_user_007(seal, ROOM, "ada", 1), "x-agora-uid": "ada"}
    assert await knock(program, headers) == 200
    assert await knock(program, headers, f"v2/rooms/{ROOM}/sequences") == 200
    for path in ("v2/rooms/biology", "v2/rooms/nowhere", "v2/rooms/biology/sequences"):
        assert await knock(program, headers, path) == 401
    polling = f"/edu/polling/apps/{program.app_id}/v2/rooms/sequences"
    assert (await program.client.get(polling, headers=headers)).status_code == 401
    # The app's feed is the server's.
    user = {"x-agora-token": building.user_007(seal, "ada")}
    assert (await program.client.get(polling, headers=user)).status_code == 403
    server = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    assert (await program.client.get(polling, headers=server)).status_code == 200


async def test_one_apps_token_is_nothing_to_another(program: Program, works: Works, seal: Seal) -> None:
    async with works.begin() as work:
        other = await tenants.create(work, "Other school", test=True)
        held = await tenant_queries.credential(work, other.tenant_id, "agora")
    await program.room(ROOM)
    theirs = Seal(held.public_id, held.secret, seal.issued_at, HOUR, 7)
    for token in every_kind(theirs).values():
        assert await knock(program, {"x-agora-token": token}) == 401
        path = f"/edu/apps/{held.public_id}/v2/rooms/{ROOM}"
        assert (await program.client.get(path, headers={"x-agora-token": token})).status_code == 404
    for token in every_kind(Seal(held.public_id, program.certificate, seal.issued_at, HOUR, 7)).values():
        assert await knock(program, {"x-agora-token": token}) == 401
