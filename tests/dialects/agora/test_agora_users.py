"""People: they come by a call, are asked after and listed, and are there when they are there."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from agora_program import Program, golden, same_shape
from common import START
from statements import overheard

from app.dialects.agora.words import ms
from app.domain import activities, classrooms, participants, presence, users
from app.domain.classrooms import ClassroomPlan, queries
from app.domain.participants.tables import Participant
from app.domain.presence import Coming
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.workers.scheduler import Scheduler

ADA = {"userName": "Ada", "role": 1}


async def seat_of(works: Works, tenant: Tenant, room: str, user: str) -> Participant:
    async with works.begin(tenant.tenant_id) as work:
        classroom = await rooms.named(work, tenant, room)
        return (await rooms.seated(work, classroom, user)).participant


async def arrive(works: Works, tenant: Tenant, room: str, user: str, tab: str = "one") -> str:
    """Somebody opens the room; the id of the visit."""
    seat = await seat_of(works, tenant, room, user)
    async with works.begin(tenant.tenant_id) as work:
        visit = await presence.open_visit(
            work,
            tenant.tenant_id,
            seat.classroom_id,
            seat.participant_id,
            tab=tab,
            ip="192.0.2.1",
            user_agent="test",
        )
        return visit.visit_id


async def leave(works: Works, tenant: Tenant, visit_id: str) -> None:
    async with works.begin(tenant.tenant_id) as work:
        await presence.close_visit(work, tenant.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)


async def test_who_comes_to_a_room_that_is_not_there_makes_it(program: Program) -> None:
    said = {**ADA, "roomName": "Algebra", "roomType": 0, "startTime": ms(START) + 60_000, "duration": 1800}
    data = await program.done("PUT", "v3/rooms/algebra/users/ada", said)
    assert data == {
        "state": 0,
        "startTime": ms(START) + 60_000,
        "duration": 1800,
        "closeDelay": 600,
        "rtcRegion": "NA",
        "rtmRegion": "NA",
        "vid": 0,
        "rteRole": "host",
    }
    assert (await program.done("GET", "v2/rooms/algebra"))["roomType"] == 0


async def test_the_region_is_that_of_the_call(program: Program) -> None:
    program.region = "/cn"
    assert (await program.done("PUT", "v2/rooms/algebra/users/ada", {}))["rtmRegion"] == "CN"


async def test_somebody_is_as_the_last_call_said(program: Program) -> None:
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"userName": "A", "role": 2})
    await program.done("PUT", "v3/rooms/algebra/users/ada", ADA)
    shown = await program.done("GET", "v2/rooms/algebra/users/ada", polling=True)
    assert shown == await program.done("GET", "v2/rooms/algebra/users/ada")
    assert (shown["userName"], shown["userUuid"], shown["role"], shown["state"]) == ("Ada", "ada", 1, 0)


@pytest.mark.parametrize("role", [0, 1, 2, 3])
async def test_a_role_is_told_as_it_came(program: Program, role: int) -> None:
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"role": role})
    assert (await program.done("GET", "v2/rooms/algebra/users/ada"))["role"] == role


@pytest.mark.parametrize("role", [5, -1, "teacher", [1]])
async def test_a_role_that_is_none_is_refused(program: Program, role: Any) -> None:
    status, code, msg = await program.refused("PUT", "v3/rooms/algebra/users/ada", {"role": role})
    assert (status, code) == (400, 400)
    assert "role" in msg
    assert (await program.refused("GET", "v2/rooms/algebra"))[1] == 20404100


async def test_somebody_who_is_not_there(program: Program) -> None:
    await program.room()
    refused = await program.refused("GET", "v2/rooms/algebra/users/nobody")
    assert refused == (404, 20404200, "User not exists!")


async def test_nobody_comes_to_a_closed_room(program: Program) -> None:
    await program.room()
    for state in (1, 2):
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    await program.done("PUT", "v3/rooms/algebra/users/ada", ADA)
    await program.done("PUT", "v2/rooms/algebra/states/3")
    refused = await program.refused("PUT", "v3/rooms/algebra/users/bea", ADA)
    assert refused == (410, 30410100, "Room is end!")


async def test_one_to_one_has_one_place_for_each(program: Program) -> None:
    await program.room(roomType=0)
    for name, role in (("ada", 1), ("bob", 2), ("eve", 0), ("ada", 1)):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"role": role})
    for role in (1, 2):
        status, code, msg = await program.refused("PUT", "v3/rooms/algebra/users/carl", {"role": role})
        assert (status, code) == (403, 20403001)
        assert "full" in msg


async def test_a_place_of_two_is_free_when_its_person_left_or_was_banned(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room(roomType=0)
    await program.done("PUT", "v2/rooms/algebra/states/1")
    for name in ("bob", "carl"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"role": 2})
        assert (await program.refused("PUT", "v3/rooms/algebra/users/eve", {"role": 2}))[0] == 403
        visit = await arrive(works, tenant, "algebra", name)
        assert (await program.refused("PUT", "v3/rooms/algebra/users/eve", {"role": 2}))[0] == 403
        if name == "bob":
            await leave(works, tenant, visit)
    await program.done("POST", "v2/rooms/algebra/users/carl/exit", {"dirty": {"state": 1, "duration": 600}})
    await program.done("PUT", "v3/rooms/algebra/users/eve", {"role": 2})


async def test_who_come_first_at_once_get_in_all(program: Program) -> None:
    answers = await asyncio.gather(
        *(program.call("PUT", f"v3/rooms/new/users/u{number}", {"role": 2}) for number in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert (await program.done("GET", "v2/rooms/new/users"))["total"] == 8


async def test_a_length_alone_ends_the_class_after_its_actual_start(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room(roomProperties={"schedule": {"duration": 90}})
    clock.advance(timedelta(hours=2))
    await program.done("PUT", "v2/rooms/algebra/states/1")
    for seconds, state in ((89, 1), (1, 2)):
        clock.advance(timedelta(seconds=seconds))
        while await Scheduler(works).tick():
            pass
        assert (await program.done("GET", "v2/rooms/algebra"))["state"] == state


async def test_people_are_listed_by_role_by_presence_and_in_pages(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/ada", ADA)
    for number in range(4):
        await program.done("PUT", f"v3/rooms/algebra/users/s{number}", {"role": 2})
    await arrive(works, tenant, "algebra", "s1")

    async def listed(query: str) -> tuple[int, set[str], Any]:
        data = await program.done("GET", f"v2/rooms/algebra/users?{query}")
        return data["total"], {user["userUuid"] for user in data["list"]}, data["nextId"]

    assert await listed("") == (5, {"ada", "s0", "s1", "s2", "s3"}, None)
    assert await listed("role=1") == (1, {"ada"}, None)
    assert await listed("type=0") == (5, {"ada", "s0", "s1", "s2", "s3"}, None)
    assert await listed("type=1") == (0, set(), None)
    await program.done("PUT", "v2/rooms/algebra/mute", {"muteChat": True})
    assert await listed("type=1") == (4, {"s0", "s1", "s2", "s3"}, None)
    assert await listed("userName=S1") == (1, {"s1"}, None)
    assert await listed("userName=%25") == (0, set(), None)
    total, first, following = await listed("count=3")
    assert (total, len(first), following) == (5, 3, "4")
    total, second, following = await listed("count=3&nextId=4")
    assert (total, len(second), following) == (5, 2, None)
    assert not first & second
    assert (await program.refused("GET", "v2/rooms/algebra/users?type=3"))[:2] == (400, 400)


async def test_coming_and_going_is_told(
    program: Program, works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/ada", ADA)
    for _ in range(2):
        await leave(works, tenant, await arrive(works, tenant, "algebra", "ada"))
    told = await program.events("algebra", cmd=20)
    [came, went, again, _] = [data for _, data in told]
    assert [data["total"] for _, data in told] == [1, 0, 1, 0]
    [ada] = came["onlineUsers"]
    assert ada == went["offlineUsers"][0] == again["onlineUsers"][0] | {"type": 1}
    assert again["onlineUsers"][0]["type"] == 2
    assert ada == {
        "userName": "Ada",
        "userUuid": "ada",
        "role": 1,
        "userProperties": {},
        "streamUuid": ada["streamUuid"],
        "type": 1,
        "updateTime": ms(clock.now()),
    }
    assert 0 < int(ada["streamUuid"]) < 2**32
    both = came | {"offlineUsers": went["offlineUsers"]}
    same_shape(both, golden("users_come_and_go.event"))


async def test_whoever_comes_again_elsewhere_displaces_themselves(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/ada", ADA)
    for tab in ("one", "two"):
        await arrive(works, tenant, "algebra", "ada", tab)
    told = [data for _, data in await program.events("algebra", cmd=20)]
    assert [len(data["onlineUsers"]) for data in told] == [1, 0, 1]
    assert told[-1]["total"] == 1


async def test_what_is_said_to_all_is_told(program: Program, works: Works, tenant: Tenant) -> None:
    await program.room()
    for name in ("ada", "bea"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"userName": name.title(), "role": 2})
    ada, bea = [await seat_of(works, tenant, "algebra", name) for name in ("ada", "bea")]
    async with works.begin(tenant.tenant_id) as work:
        who = (tenant.tenant_id, ada.classroom_id, ada.participant_id)
        await activities.say(work, *who, "hello", None)
        await activities.say(work, *who, "between us", bea.participant_id)
    [(cmd, data)] = await program.events("algebra")
    assert cmd == 3
    same_shape(data, golden("chat_message.event"))
    assert data == {
        "fromUser": {"userUuid": "ada", "userName": "Ada", "role": 2},
        "message": "hello",
        "type": 1,
    }


async def test_of_an_erased_person_the_feed_keeps_the_id_alone(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room()
    for name in ("ada", "bea"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"userName": name.title(), "role": 2})
    for name in ("ada", "bea"):
        seat = await seat_of(works, tenant, "algebra", name)
        await arrive(works, tenant, "algebra", name)
        async with works.begin(tenant.tenant_id) as work:
            who = (tenant.tenant_id, seat.classroom_id, seat.participant_id)
            await activities.say(work, *who, f"I am {name.title()}", None)
    ada = await seat_of(works, tenant, "algebra", "ada")
    async with works.begin(tenant.tenant_id) as work:
        await participants.erase_user(work, tenant.tenant_id, ada.user_id)
    answer = await program.call("GET", "v2/rooms/algebra/sequences")
    assert "Ada" not in answer.text
    assert "I am Bea" in answer.text
    assert answer.json()["data"]["total"] == len(answer.json()["data"]["list"])


async def test_of_what_programs_keep_with_an_erased_person_nothing_stays(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await program.room()
    for name in ("ada", "bea"):
        await program.done("PUT", f"v3/rooms/algebra/users/{name}", {"userName": name.title(), "role": 2})
        noted = {"properties": {"note": f"secret of {name}", "age": 41}, "cause": {"why": f"for {name}"}}
        await program.done("PUT", f"v2/rooms/algebra/users/{name}/properties", noted)
    await program.done("PUT", "v2/rooms/algebra/states/1")
    start = {"items": ["A", "B"], "correctItems": ["A"]}
    quiz = (await program.done("POST", "v2/rooms/algebra/widgets/popupQuizs/start", start))["popupQuizId"]
    path = f"v2/rooms/algebra/widgets/popupQuizs/{quiz}/users"
    for name in ("ada", "bea"):
        await program.done("PUT", f"{path}/{name}", {"selectedItems": ["A"]})
    ada = await seat_of(works, tenant, "algebra", "ada")
    async with works.begin(tenant.tenant_id) as work:
        await participants.erase_user(work, tenant.tenant_id, ada.user_id)
    assert await program.events("algebra", cmd=22) == [
        (
            22,
            {
                "action": 1,
                "changeProperties": {},
                "cause": {},
                "operator": {},
                "fromUser": {"userUuid": "ada", "userName": "", "role": 2},
            },
        ),
        (
            22,
            {
                "action": 1,
                "changeProperties": {"note": "secret of bea", "age": 41},
                "cause": {"why": "for bea"},
                "operator": {"userUuid": "server", "userName": "server", "role": "server"},
                "fromUser": {"userUuid": "bea", "userName": "Bea", "role": 2},
            },
        ),
    ]
    records = await program.events("algebra", cmd=1110)
    assert {data["widgetUuid"] for _, data in records} == {"popupQuiz"}
    named = [data["fromUser"]["userName"] for _, data in records if "fromUser" in data]
    assert named == ["", "Bea"]


async def test_a_class_of_another_vendor_is_a_room_where_the_tenant_says_so(
    program: Program, works: Works, tenant: Tenant, admin: dict[str, str]
) -> None:
    async with works.begin(tenant.tenant_id) as work:
        owner = await users.add(work, tenant.tenant_id, UserDraft("Ms Teach"))
        plan = ClassroomPlan("Algebra", work.now + timedelta(hours=1), "UTC")
        made = await classrooms.schedule(work, tenant.tenant_id, owner.user_id, plan)
    classroom_id = made.classroom_id
    assert (await program.refused("GET", f"v2/rooms/{classroom_id}"))[1] == 20404100
    change = {"agora": {"every_class_is_a_room": True}}
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    answer = await program.client.patch(url, json=change, headers=admin)
    assert answer.json()["agora"]["every_class_is_a_room"] is True
    shown = await program.done("GET", f"v2/rooms/{classroom_id}")
    assert (shown["roomUuid"], shown["roomType"], shown["state"]) == (classroom_id, 4, 0)
    for state in (1, 2):
        await program.done("PUT", f"v2/rooms/{classroom_id}/states/{state}")
    assert [data["state"] for _, data in await program.events(classroom_id)] == [1, 2, 3]
    async with works.begin(tenant.tenant_id) as work:
        classroom = await queries.by_id(work, tenant.tenant_id, classroom_id)
    assert classroom.state == "completed"


async def test_many_who_come_at_once_are_told_one_by_one_and_asked_after_once(
    program: Program, works: Works, tenant: Tenant
) -> None:
    taken = []
    for room, people in (("algebra", 2), ("botany", 8)):
        await program.room(room)
        names = [f"{room}-{number}" for number in range(people)]
        for name in names:
            await program.done("PUT", f"v3/rooms/{room}/users/{name}", {"userName": name, "role": 2})
        seats = [await seat_of(works, tenant, room, name) for name in names]
        coming = [Coming(seat.participant_id, "tab", "192.0.2.1", "test") for seat in seats]
        with overheard() as said:
            async with works.begin(tenant.tenant_id) as work:
                # The first comes with a second tab too, which takes the place of the first one.
                again = Coming(seats[0].participant_id, "other", "192.0.2.1", "test")
                await presence.open_visits(work, tenant.tenant_id, seats[0].classroom_id, [*coming, again])
        taken.append(len(said))
        told = [body for _, body in await program.events(room, cmd=20)]
        came = [(one["total"], who["userUuid"], who["type"]) for one in told for who in one["onlineUsers"]]
        assert came == [
            *((place, name, 1) for place, name in enumerate(names, start=1)),
            (people, names[0], 2),
        ]
        assert [who["userUuid"] for one in told for who in one["offlineUsers"]] == [names[0]]
    assert taken[0] == taken[1]
