"""An Agora room is a class like every other: to subscribers, to the operator, to a second process."""

import json
from datetime import timedelta
from typing import Any

from agora_program import Program

from app.dialects.agora.words import ms
from app.domain import classrooms, outbox, participants, users
from app.domain.classrooms import ClassroomPlan
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.outbound import Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher
from app.workers.scheduler import Scheduler


async def test_a_room_tells_the_subscriber_of_another_dialect(
    program: Program, works: Works, tenant: Tenant, receiver: Any
) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url)
    await program.room()
    for state in (1, 2):
        await program.done("PUT", f"v2/rooms/algebra/states/{state}")
    await Scheduler(works).tick()
    async with Sender() as sender:
        while await Dispatcher(works, sender).tick():
            pass
    told = [json.loads(request.body) for request in receiver.requests]
    kinds = [(ping["requestType"], ping.get("status")) for ping in told]
    assert kinds == [("classStatus", "lv"), ("classStatus", "cp"), ("attendance", None), ("chats", None)]


async def test_the_operator_sees_who_polled_and_gives_it_out_again(
    program: Program, tenant: Tenant, admin: dict[str, str], clock: ManualClock
) -> None:
    await program.room()
    await program.done("PUT", "v2/rooms/algebra/states/1")
    assert len(await program.polled()) == 1
    assert await program.polled() == []
    url = f"/_/admin/v1/tenants/{tenant.tenant_id}/feed/polls"
    [poll] = (await program.client.get(url, headers=admin)).json()["polls"]
    at = clock.now().isoformat().replace("+00:00", "Z")
    assert poll == {"poll_id": poll["poll_id"], "at": at, "caller": "127.0.0.1", "taken": 1}
    again = await program.client.post(f"{url}/{poll['poll_id']}/rewind", headers=admin)
    assert again.json() == {"events": 1}
    assert await program.polled() == [("algebra", 1, 1)]
    unknown = await program.client.post(f"{url}/nothing/rewind", headers=admin)
    assert unknown.status_code == 404
    assert (await program.client.get(url)).status_code == 401


async def test_a_room_that_the_operator_calls_off_is_closed(
    program: Program, works: Works, tenant: Tenant
) -> None:
    for name in ("waiting", "live"):
        await program.room(name)
    await program.done("PUT", "v2/rooms/live/states/1")
    for name in ("waiting", "live"):
        async with works.begin(tenant.tenant_id) as work:
            classroom = await rooms.named(work, tenant, name)
            await classrooms.cancel(work, tenant.tenant_id, classroom.classroom_id)
    told = {name: [data["state"] for _, data in await program.events(name)] for name in ("waiting", "live")}
    assert told == {"waiting": [3], "live": [1, 2, 3]}


async def test_a_scheduled_room_stands_in_the_calendar(
    program: Program, works: Works, tenant: Tenant, clock: ManualClock
) -> None:
    starts_at = clock.now() + timedelta(hours=1)
    await program.room(roomProperties={"schedule": {"startTime": ms(starts_at), "duration": 1800}})
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"userName": "Ada", "role": 1})
    async with works.begin(tenant.tenant_id) as work:
        ada = (await rooms.seated(work, await rooms.named(work, tenant, "algebra"), "ada")).user
        entries = await participants.timetable(work, ada, address=lambda classroom, _: classroom.title)
    [entry] = entries
    assert (entry.title, entry.starts_at) == ("Algebra", starts_at)


async def test_of_a_class_that_lives_on_the_feed_keeps_five_days(
    program: Program, works: Works, tenant: Tenant, clock: ManualClock, admin: dict[str, str]
) -> None:
    change = {"agora": {"every_class_is_a_room": True}}
    await program.client.patch(f"/_/admin/v1/tenants/{tenant.tenant_id}", json=change, headers=admin)
    async with works.begin(tenant.tenant_id) as work:
        owner = await users.add(work, tenant.tenant_id, UserDraft("Ms Teach"))
        plan = ClassroomPlan("Algebra", None, "UTC", kind="standing")
        made = await classrooms.schedule(work, tenant.tenant_id, owner.user_id, plan)
    room = f"v2/rooms/{made.classroom_id}"
    for state in (1, 2):
        await program.done("PUT", f"{room}/states/{state}")
    await pass_time(works, clock, days=4)
    await program.done("PUT", f"{room}/states/1")
    await pass_time(works, clock, days=1)
    status, code, _ = await program.refused("GET", f"{room}/sequences?nextId=1")
    assert (status, code) == (410, 20410101)
    page = await program.done("GET", f"{room}/sequences?cmd=1")
    # The third lesson ended by itself after its hour and the grace.
    assert [event["sequence"] for event in page["list"]] == [3, 4]
    assert page["total"] == 2
    await pass_time(works, clock, days=5)
    assert (await program.done("GET", f"{room}/sequences"))["total"] == 0
    await program.done("PUT", f"{room}/states/1")
    assert [event["sequence"] for event in (await program.done("GET", f"{room}/sequences"))["list"]] == [5]


async def pass_time(works: Works, clock: ManualClock, **passed: float) -> None:
    clock.advance(timedelta(**passed))
    while await Scheduler(works).tick():
        pass
