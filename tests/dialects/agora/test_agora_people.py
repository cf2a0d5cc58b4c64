"""What people do with one another: put out, muted, rewarded, heard, brought on the stage."""

from datetime import timedelta
from typing import Any

import pytest
from agora_program import Program, golden, same_shape
from test_agora_users import arrive, seat_of

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.domain import participants, presence
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import Banned

R = "v2/rooms/algebra"
HANDS = f"{R}/processes/handsUp"


@pytest.fixture
async def room(program: Program) -> Program:
    """A room that is live, with a teacher and three students of whom two fit on the stage."""
    processes = {"processes": {"handsUp": {"maxAccept": 2}}}
    await program.room(roomProperties=processes)
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"userName": "Ada", "role": 1})
    for name in ("bob", "cleo", "dan"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"userName": name.title(), "role": 2})
    await program.done("PUT", f"{R}/states/1")
    return program


def as_person(program: Program, name: str, role: int) -> dict[str, str]:
    """The headers of somebody's own browser."""
    seal = Seal(program.app_id, program.certificate, int(program.clock.now().timestamp()), 3600, 7)
    return {"x-agora-token": building.room_user_007(seal, "algebra", name, role), "x-agora-uid": name}


async def comes(program: Program, name: str) -> tuple[int, int]:
    answer = await program.call("PUT", f"v3/rooms/algebra/users/{name}", {"role": 2})
    return answer.status_code, answer.json()["code"]


BANNED = (403, 30403100)


@pytest.mark.parametrize(
    ("dirty", "after_ten_minutes", "after_years"),
    [
        ({"state": 1, "duration": 600}, (200, 0), (200, 0)),
        ({"state": 1, "duration": 601}, BANNED, (200, 0)),
        ({"state": True, "duration": "601"}, BANNED, (200, 0)),
        ({"state": 1}, BANNED, BANNED),
        ({"state": 1, "duration": -1}, BANNED, BANNED),
    ],
)
async def test_a_dirty_user_does_not_come_back_before_the_time_is_over(
    room: Program, clock: ManualClock, dirty: Any, after_ten_minutes: Any, after_years: Any
) -> None:
    await room.done("POST", f"{R}/users/bob/exit", {"dirty": dirty})
    assert await comes(room, "bob") == BANNED
    clock.advance(timedelta(minutes=10))
    assert await comes(room, "bob") == after_ten_minutes
    clock.advance(timedelta(days=1000))
    assert await comes(room, "bob") == after_years


@pytest.mark.parametrize(
    "body", [None, {}, {"dirty": {"state": 0, "duration": 0}}, {"dirty": {"state": 1, "duration": 0}}]
)
async def test_a_plain_kick_is_told_and_bars_nobody(
    room: Program, works: Works, tenant: Tenant, body: Any
) -> None:
    await arrive(works, tenant, "algebra", "bob")
    same_shape(
        (await room.call("POST", f"{R}/users/bob/exit", body)).json(), golden("kick_a_user_out.response")
    )
    _, told = (await room.events("algebra", cmd=20))[-1]
    assert (told["total"], told["onlineUsers"]) == (0, [])
    assert [(one["userUuid"], one["type"]) for one in told["offlineUsers"]] == [("bob", 2)]
    assert await comes(room, "bob") == (200, 0)


async def test_the_page_tells_who_is_banned_why(room: Program) -> None:
    await room.done("POST", f"{R}/users/bob/exit", {"dirty": {"state": 1}})
    shown = as_person(room, "bob", 2)["x-agora-token"]
    url = f"/agora/{room.app_id}/rooms/algebra/enter"
    answer = await room.client.post(url, json={"token": shown, "userUuid": "bob"})
    assert answer.status_code == 403
    assert answer.json() == {"message": "You were put out of this class and cannot come back."}


async def test_the_vendors_own_kick(room: Program, works: Works, tenant: Tenant) -> None:
    await room.done("POST", f"{R}/users/bob/exit", golden("kick_a_user_out.request"))
    seat = await seat_of(works, tenant, "algebra", "bob")
    with pytest.raises(Banned):
        async with works.begin() as work:
            await presence.open_visit(
                work, tenant.tenant_id, seat.classroom_id, seat.participant_id, tab="t", ip="", user_agent=""
            )


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("users/bob/exit", {"dirty": {"state": 1, "duration": -2}}, "duration"),
        ("users/bob/exit", {"dirty": {"state": 1, "duration": "long"}}, "duration"),
        ("users/bob/exit", {"dirty": {"state": "perhaps"}}, "state"),
        ("users/bob/exit", {"dirty": 1}, "dirty"),
        ("from/bob/chat", {}, "message"),
        ("from/bob/chat", {"message": " "}, "message"),
        ("from/bob/chat", {"message": "a", "type": 2}, "type"),
        ("rewards", {}, "rewardDetails"),
        ("rewards", {"rewardDetails": [{"userUuid": "bob"}]}, "rewardDetails"),
        ("rewards", {"rewardDetails": [{"userUuid": "bob", "changeReward": 0}]}, "changeReward"),
        ("rewards", {"rewardDetails": [{"userUuid": "bob", "changeReward": -1}]}, "changeReward"),
        ("processes/handsUp/acceptance", {}, "toUserUuid"),
        ("processes/handsUp/progress", {"userUuid": "bob", "payload": {"a": "x" * 2000}}, "payload"),
    ],
)
async def test_bad_input_is_named(room: Program, path: str, body: Any, field: str) -> None:
    status, code, msg = await room.refused("POST", f"{R}/{path}", body)
    assert (status, code) == (400, 400)
    assert field in msg


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users/zoe/exit", None),
        ("from/zoe/chat", {"message": "a"}),
        ("rewards", {"rewardDetails": [{"userUuid": "zoe", "changeReward": 1}]}),
        ("processes/handsUp/progress", {"userUuid": "zoe"}),
        ("processes/handsUp/acceptance", {"toUserUuid": "zoe"}),
    ],
)
async def test_nobody_of_that_name_is_in_the_room(room: Program, path: str, body: Any) -> None:
    assert (await room.refused("POST", f"{R}/{path}", body))[:2] == (404, 20404200)


async def test_a_message_is_said_in_somebodys_name_and_told(room: Program) -> None:
    await room.done("POST", f"{R}/from/bob/chat", {"message": "Hello", "type": 1})
    [(_, told)] = await room.events("algebra", cmd=3)
    assert told == {
        "fromUser": {"userUuid": "bob", "userName": "Bob", "role": 2},
        "message": "Hello",
        "type": 1,
    }


async def test_in_a_muted_room_students_do_not_speak_and_the_teacher_does(room: Program) -> None:
    await room.done("PUT", f"{R}/mute", {"muteChat": True})
    assert (await room.refused("POST", f"{R}/from/bob/chat", {"message": "a"}))[:2] == (403, 30403200)
    await room.done("POST", f"{R}/from/ada/chat", {"message": "Listen"})
    await room.done("PUT", f"{R}/mute", {"muteChat": 0})
    await room.done("POST", f"{R}/from/bob/chat", {"message": "Hello"})
    assert [told["message"] for _, told in await room.events("algebra", cmd=3)] == ["Listen", "Hello"]
    assert (await room.refused("PUT", f"{R}/mute", {}))[:2] == (400, 400)


async def test_rewards_are_summed_and_told_with_both_names_of_the_total(room: Program) -> None:
    for change in (9, 1):
        details = [{"userUuid": "bob", "changeReward": change}, {"userUuid": "cleo", "changeReward": 1}]
        await room.done("POST", f"{R}/rewards", {"rewardDetails": details})
    _, told = (await room.events("algebra", cmd=1101))[-1]
    assert told["rewardDetails"] == [
        {"userUuid": "bob", "changedReward": 1, "total": 10, "totalReward": 10},
        {"userUuid": "cleo", "changedReward": 1, "total": 2, "totalReward": 2},
    ]
    example = golden("rewards.event")
    example["rewardDetails"] = [example["rewardDetails"][0] | {"total": 10}] * 2
    same_shape(told, example)


async def test_a_hand_is_waved_accepted_on_the_stage_and_taken_down(room: Program) -> None:
    await room.done("POST", f"{HANDS}/progress", {"userUuid": "bob", "payload": {"why": "I know"}})
    await room.done("POST", f"{HANDS}/progress", {"userUuid": "cleo"})
    await room.done("POST", f"{HANDS}/acceptance", {"toUserUuid": "bob"})
    await room.done("DELETE", f"{HANDS}/progress", {"userUuid": "cleo"})
    await room.done("DELETE", f"{HANDS}/acceptance", {"toUserUuid": "bob"})
    bob, cleo = {"userUuid": "bob", "payload": {"why": "I know"}}, {"userUuid": "cleo", "payload": {}}
    waved = [told for _, told in await room.events("algebra", cmd=1502)]
    assert waved == [
        {"progressUsers": [bob], "addProgressUsers": [bob], "removeProgressUsers": []},
        {"progressUsers": [bob, cleo], "addProgressUsers": [cleo], "removeProgressUsers": []},
        {"progressUsers": [cleo], "addProgressUsers": [], "removeProgressUsers": [bob]},
        {"progressUsers": [], "addProgressUsers": [], "removeProgressUsers": [cleo]},
    ]
    who = {"userUuid": "bob"}
    staged = [told for _, told in await room.events("algebra", cmd=1501)]
    assert staged == [
        {"acceptedUsers": [who], "addAcceptedUsers": [who], "removeAcceptedUsers": []},
        {"acceptedUsers": [], "addAcceptedUsers": [], "removeAcceptedUsers": [who]},
    ]
    assert {key: [type(one) for one in value] for key, value in staged[0].items()}.keys() == golden(
        "on_stage.event"
    ).keys()
    assert waved[0].keys() == golden("hands_waved.event").keys()


async def test_no_more_go_on_the_stage_than_the_room_says(room: Program) -> None:
    for name in ("bob", "cleo"):
        await room.done("POST", f"{HANDS}/acceptance", {"toUserUuid": name})
    assert (await room.refused("POST", f"{HANDS}/acceptance", {"toUserUuid": "dan"}))[:2] == (429, 30429461)
    await room.done("DELETE", f"{HANDS}/acceptance")
    _, told = (await room.events("algebra", cmd=1501))[-1]
    assert told == {
        "acceptedUsers": [],
        "addAcceptedUsers": [],
        "removeAcceptedUsers": [{"userUuid": "bob"}, {"userUuid": "cleo"}],
    }
    await room.done("POST", f"{HANDS}/acceptance", {"toUserUuid": "dan"})


@pytest.mark.parametrize("wrong", [-1, "many"])
async def test_the_places_on_the_stage_are_a_number(program: Program, wrong: Any) -> None:
    said = {
        "roomName": "x",
        "roomType": 4,
        "roomProperties": {"processes": {"handsUp": {"maxAccept": wrong}}},
    }
    status, code, msg = await program.refused("POST", "v2/rooms/geometry", said)
    assert (status, code) == (400, 400)
    assert "maxAccept" in msg


async def test_a_persons_own_token_does_what_that_person_may(room: Program) -> None:
    room.headers = as_person(room, "bob", 2)
    for method, path, body in (
        ("POST", f"{R}/users/cleo/exit", None),
        ("PUT", f"{R}/mute", {"muteChat": True}),
        ("POST", f"{R}/rewards", {"rewardDetails": [{"userUuid": "bob", "changeReward": 1}]}),
        ("POST", f"{R}/from/cleo/chat", {"message": "I am Cleo"}),
        ("POST", f"{HANDS}/acceptance", {"toUserUuid": "cleo"}),
        ("DELETE", f"{HANDS}/progress", {"userUuid": "cleo"}),
    ):
        assert (await room.refused(method, path, body))[:2] == (403, 403), path
    await room.done("POST", f"{R}/from/bob/chat", {"message": "I am Bob"})
    await room.done("POST", f"{HANDS}/progress", {"toUserUuid": "ada"})
    assert (await room.refused("POST", f"{HANDS}/acceptance", {"toUserUuid": "bob"}))[:2] == (409, 409)
    room.headers = as_person(room, "ada", 1)
    await room.done("POST", f"{HANDS}/acceptance", {"toUserUuid": "bob"})
    await room.done("POST", f"{R}/users/cleo/exit")


async def test_when_the_class_is_over_nothing_is_done_any_more(room: Program) -> None:
    for state in (2, 3):
        await room.done("PUT", f"{R}/states/{state}")
    for path, body in (
        ("users/bob/exit", None),
        ("from/bob/chat", {"message": "a"}),
        ("rewards", {"rewardDetails": [{"userUuid": "bob", "changeReward": 1}]}),
    ):
        assert (await room.refused("POST", f"{R}/{path}", body))[:2] == (410, 30410100), path


async def test_of_an_erased_person_no_payload_of_a_hand_stays(
    room: Program, works: Works, tenant: Tenant
) -> None:
    for name in ("bob", "cleo"):
        said = {"userUuid": name, "payload": {"why": {"me": name.upper()}}}
        await room.done("POST", f"{HANDS}/progress", said)
    seat = await seat_of(works, tenant, "algebra", "bob")
    async with works.begin(tenant.tenant_id) as work:
        await participants.erase_user(work, tenant.tenant_id, seat.user_id)
    told = [data for _, data in await room.events("algebra", cmd=1502)]
    assert told[0]["progressUsers"] == [{"userUuid": "bob", "payload": {}}]
    assert told[1]["progressUsers"][0] == {"userUuid": "bob", "payload": {}}
    assert told[1]["addProgressUsers"] == [{"userUuid": "cleo", "payload": {"why": {"me": "CLEO"}}}]
    assert "BOB" not in str(told)
