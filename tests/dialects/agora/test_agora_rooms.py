"""Rooms: made under the customer's id, brought from state to state, closed, given free."""

from datetime import timedelta
from typing import Any

import pytest
from agora_program import Program
from common import START, TENANT
from sqlalchemy import select

from app.dialects.agora.words import ms
from app.domain.feeds.tables import Entry
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.scheduler import Scheduler

SOON = ms(START + timedelta(hours=1))
SCHEDULE = {"schedule": {"startTime": SOON, "duration": 90, "closeDelay": 30}}


async def ring(works: Works, clock: ManualClock, **passed: float) -> None:
    """Let time pass, and what is due meanwhile happen."""
    clock.advance(timedelta(**passed))
    while await Scheduler(works).tick():
        pass


async def state_of(program: Program, room: str = "algebra") -> int:
    found: int = (await program.done("GET", f"v2/rooms/{room}"))["state"]
    return found


async def test_a_room_is_read_as_it_was_made(program: Program) -> None:
    properties = {"processes": {"handsUp": {"maxAccept": 3}}, "examinationUrl": "https://x.test/1", "mine": 7}
    await program.room(roomProperties=SCHEDULE | properties)
    data = await program.done("GET", "v2/rooms/algebra")
    assert data == {
        "roomName": "Algebra",
        "roomUuid": "algebra",
        "roomType": 4,
        "roomProperties": properties | SCHEDULE,
        "state": 0,
        "startTime": None,
        "createTime": ms(START),
    }


@pytest.mark.parametrize("region", ["", "/cn", "/ap", "/eu", "/na"])
async def test_every_region_leads_to_the_same_rooms(program: Program, region: str) -> None:
    await program.room()
    program.region = region
    assert await state_of(program) == 0


async def test_another_region_is_no_path(program: Program) -> None:
    program.region = "/us"
    assert await program.refused("GET", "v2/rooms/algebra") == (
        404,
        404,
        "There is nothing at " + (f"/us/edu/apps/{program.app_id}/v2/rooms/algebra."),
    )


async def test_the_type_may_come_as_text(program: Program) -> None:
    await program.room(roomType="2")
    assert (await program.done("GET", "v2/rooms/algebra"))["roomType"] == 2


async def test_an_id_may_have_any_of_the_vendors_characters(program: Program) -> None:
    name = "a Z9!#$%&()+-:;<=.>?@[]^_{}|~,"
    await program.room(name)
    shown = await program.done("GET", "v2/rooms/a%20Z9!%23$%25&()+-:;%3C=.%3E%3F@%5B%5D%5E_%7B%7D%7C~,")
    assert shown["roomUuid"] == name


@pytest.mark.parametrize("name", ["a" * 64, "%C3%A9", "a*b", "a'b", "a%22b"])
async def test_an_id_of_other_characters_or_too_long_is_refused(program: Program, name: str) -> None:
    status, code, msg = await program.refused("POST", f"v2/rooms/{name}", {"roomName": "x", "roomType": 4})
    assert (status, code) == (400, 400)
    assert "roomUuid" in msg


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"roomType": 4}, "roomName"),
        ({"roomName": "", "roomType": 4}, "roomName"),
        ({"roomName": "x" * 65, "roomType": 4}, "roomName"),
        ({"roomName": "x"}, "roomType"),
        ({"roomName": "x", "roomType": 3}, "roomType"),
        ({"roomName": "x", "roomType": "small"}, "roomType"),
        ({"roomName": "x", "roomType": 4, "roomProperties": []}, "roomProperties"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": 7}}, "roomProperties.schedule"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": {"duration": -1}}}, "duration"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": {"duration": 86401}}}, "duration"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": {"closeDelay": -1}}}, "closeDelay"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": {"startTime": -5}}}, "startTime"),
        ({"roomName": "x", "roomType": 4, "roomProperties": {"schedule": {"startTime": "x"}}}, "startTime"),
    ],
)
async def test_bad_input_is_named_and_makes_nothing(program: Program, body: Any, field: str) -> None:
    status, code, msg = await program.refused("POST", "v2/rooms/algebra", body)
    assert (status, code) == (400, 400)
    assert field in msg
    assert (await program.refused("GET", "v2/rooms/algebra"))[:2] == (404, 20404100)


async def test_a_body_that_is_no_object_is_refused(program: Program) -> None:
    assert (await program.refused("POST", "v2/rooms/algebra", [1]))[:2] == (400, 400)


async def test_a_room_is_made_once(program: Program) -> None:
    await program.room()
    again = {"roomName": "Algebra", "roomType": 4}
    assert await program.refused("POST", "v2/rooms/algebra", again) == (409, 20409100, "Room conflict!")
    other = {"roomName": "Algebra", "roomType": 0}
    assert await program.refused("POST", "v2/rooms/algebra", other) == (409, 30409104, "roomType conflict")


async def test_a_room_that_is_not_there(program: Program) -> None:
    assert await program.refused("GET", "v2/rooms/none") == (404, 20404100, "Room not exists!")


# From, to, and how the vendor answers: 0 is yes.
STEPS = [
    (0, 0, 0),
    (0, 1, 0),
    (0, 2, 0),
    (0, 3, 0),
    (1, 0, 30409100),
    (1, 1, 30409100),
    (1, 2, 0),
    (1, 3, 0),
    (2, 0, 30409101),
    (2, 1, 30409101),
    (2, 2, 30409101),
    (2, 3, 0),
    (3, 0, 30409101),
    (3, 1, 30409101),
    (3, 2, 30409101),
    (3, 3, 30409101),
]


@pytest.mark.parametrize(("before", "wanted", "code"), STEPS)
async def test_states_go_one_way(program: Program, before: int, wanted: int, code: int) -> None:
    await program.room()
    for state in range(1, before + 1):
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    answer = await program.call("PUT", f"v2/rooms/algebra/states/{wanted}")
    assert answer.json()["code"] == code
    assert answer.status_code == (409 if code else 200)
    assert await state_of(program) == (before if code else wanted)


@pytest.mark.parametrize("state", ["4", "-1", "one", "01"])
async def test_a_state_that_is_none_is_refused(program: Program, state: str) -> None:
    await program.room()
    status, code, msg = await program.refused("PUT", f"v2/rooms/algebra/states/{state}")
    assert (status, code) == (400, 400)
    assert "state" in msg


async def test_a_scheduled_room_lives_by_its_schedule(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room(roomProperties=SCHEDULE)
    states = [await state_of(program)]
    for passed in ({"hours": 1}, {"seconds": 89}, {"seconds": 1}, {"seconds": 29}, {"seconds": 1}):
        await ring(works, clock, **passed)
        states.append(await state_of(program))
    assert states == [0, 1, 1, 2, 2, 3]
    end = SOON + 90_000
    assert await program.events("algebra") == [
        (1, {"state": 1, "startTime": SOON}),
        (1, {"state": 2, "startTime": SOON, "endTime": end}),
        (1, {"state": 3, "startTime": SOON, "endTime": end, "closeTime": end + 30_000}),
    ]


async def test_a_room_that_somebody_started_early_still_ends_by_its_schedule(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room(roomProperties=SCHEDULE)
    await program.done("PUT", "v2/rooms/algebra/states/1")
    await ring(works, clock, hours=1, seconds=90)
    assert await state_of(program) == 2


async def test_a_room_without_a_schedule_closes_ten_minutes_after_its_end(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room()
    await program.done("PUT", "v2/rooms/algebra/states/1")
    await ring(works, clock, hours=20)
    assert await state_of(program) == 1
    await program.done("PUT", "v2/rooms/algebra/states/2")
    await ring(works, clock, seconds=599)
    assert await state_of(program) == 2
    await ring(works, clock, seconds=1)
    assert await state_of(program) == 3


async def test_an_hour_after_its_end_a_room_is_destroyed_and_its_name_is_free(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room()
    for state in (1, 2):
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    await ring(works, clock, minutes=59)
    assert len(await program.events("algebra")) == 3
    await ring(works, clock, minutes=1)
    assert await program.refused("GET", "v2/rooms/algebra/sequences") == (404, 20404100, "Room not exists!")
    # What happened last can still be polled, by its name, for as long again.
    assert await program.polled() == [("algebra", 1, 3)]
    await program.room(roomType=0)
    assert await state_of(program) == 0
    assert await program.events("algebra") == []


@pytest.mark.parametrize("states", [(), (1,)])
async def test_a_room_is_kept_for_five_days(
    program: Program, works: Works, clock: ManualClock, states: tuple[int, ...]
) -> None:
    await program.room()
    for state in states:
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    await ring(works, clock, days=5, seconds=-1)
    assert await state_of(program) == len(states)
    await ring(works, clock, seconds=1)
    assert (await program.refused("GET", "v2/rooms/algebra"))[:2] == (404, 20404100)


async def test_what_happened_when_a_room_was_destroyed_can_be_polled_for_an_hour(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room()
    await program.done("PUT", "v2/rooms/algebra/states/1")
    await program.polled()
    await ring(works, clock, days=5)
    polled = await program.done("GET", "v2/rooms/sequences", polling=True)
    assert [(one["roomUuid"], one["data"].get("state")) for one in polled if one["cmd"] == 1] == [
        ("algebra", 2),
        ("algebra", 3),
    ]
    await ring(works, clock, hours=1)
    async with works.begin() as work:
        left = await work.db.scalars(select(Entry.seq).where(Entry.tenant_id == TENANT))
        assert left.all() == []


async def test_a_room_far_ahead_lives_until_its_end_and_an_hour(
    program: Program, works: Works, clock: ManualClock
) -> None:
    begins = clock.now() + timedelta(days=30)
    schedule = {"startTime": int(begins.timestamp() * 1000), "duration": 3600}
    await program.room(roomProperties={"schedule": schedule})
    await ring(works, clock, days=29)
    assert await state_of(program) == 0
    await ring(works, clock, days=1, minutes=1)
    assert await state_of(program) == 1
    await ring(works, clock, hours=1, minutes=58)
    assert await state_of(program) == 3
    await ring(works, clock, minutes=2)
    assert (await program.refused("GET", "v2/rooms/algebra"))[:2] == (404, 20404100)


async def test_a_schedule_in_the_past_makes_a_room_that_is_over_now(
    program: Program, works: Works, clock: ManualClock
) -> None:
    """The vendor's own example begins in 2022."""
    schedule = {"startTime": 1655452800000, "duration": 600, "closeDelay": 60}
    await program.room(roomProperties={"schedule": schedule})
    await ring(works, clock, seconds=0)
    assert await state_of(program) == 2
    now = int(clock.now().timestamp() * 1000)
    page = await program.done("GET", "v2/rooms/algebra/sequences")
    states = [one["data"]["state"] for one in page["list"] if one["cmd"] == 1]
    assert states[-1] == 2
    assert all(now - 1000 <= one["data"]["startTime"] <= now for one in page["list"] if one["cmd"] == 1)
    await ring(works, clock, minutes=59)
    assert await state_of(program) == 3
    await ring(works, clock, minutes=1)
    assert (await program.refused("GET", "v2/rooms/algebra"))[:2] == (404, 20404100)


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels else {}


TOO_MUCH = {
    "deep": nested(20),
    "large": {"text": "x" * 140_000},
    "many": {str(number): number for number in range(1001)},
    "number": 10**50,
    "name": {"k" * 200: 1},
    "flexProps": nested(18),
}


@pytest.mark.parametrize("name", TOO_MUCH)
@pytest.mark.parametrize("door", ["create", "check in"])
async def test_what_a_room_is_made_with_has_bounds_at_every_door(
    program: Program, name: str, door: str
) -> None:
    properties = {"roomProperties": {name: TOO_MUCH[name]}, "roomName": "Algebra", "roomType": 4}
    if door == "create":
        answer = await program.call("POST", "v2/rooms/algebra", properties)
    else:
        answer = await program.call("PUT", "v3/rooms/algebra/users/ada", properties | {"role": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, 400), answer.text
    assert (await program.call("GET", "v2/rooms/algebra")).status_code == 404


async def test_a_room_is_made_with_as_much_as_its_properties_may_hold(program: Program) -> None:
    await program.room(roomProperties={"flexProps": nested(15) | {"text": "x" * 65_000}, "mine": nested(16)})


@pytest.mark.parametrize("before", [(), (1,), (1, 2)])
async def test_state_3_is_told_once(program: Program, before: tuple[int, ...]) -> None:
    await program.room()
    for state in (*before, 3):
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    told = [data["state"] for kind, data in await program.events("algebra") if kind == 1]
    assert told == sorted({*before, 2, 3})
