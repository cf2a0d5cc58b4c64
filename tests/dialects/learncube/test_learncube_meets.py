"""A token's class is a class like every other: seen in the admin API, in the attendance, in recordings."""

from typing import Any

import httpx
import pytest
from aiohttp import web
from held import TOKEN, Lesson
from jose import jws
from learncube_program import Program

from app.domain import outbox
from app.domain.tenants import queries as tenants
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.scheduler import Scheduler

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
async def lesson(works: Works, tenant: Any, clock: ManualClock, receiver: Any) -> Lesson:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", receiver.url)
    return Lesson(works, tenant.tenant_id, clock)


async def settled(works: Works) -> None:
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass


async def test_the_admin_api_has_its_events_and_its_notices(
    client: httpx.AsyncClient, admin: dict[str, str], lesson: Lesson
) -> None:
    await lesson.held()
    base = f"/_/admin/v1/tenants/{lesson.tenant_id}"
    where = {"classroom_id": lesson.room.classroom_id}
    seen = (await client.get(f"{base}/events", params=where, headers=admin)).json()["events"]
    kinds = [event["kind"] for event in seen]
    assert [kind for kind in kinds if kind.startswith("Lesson")] == ["LessonStarted", "LessonEnded"]
    assert {"ClassroomScheduled", "ParticipantAdded", "VisitorJoined", "VisitorLeft"} <= set(kinds)
    owed = (await client.get(f"{base}/deliveries", params=where, headers=admin)).json()["deliveries"]
    assert [(one["kind"], one["state"]) for one in owed] == [("end_lesson", "pending")]


async def test_its_attendance_is_read_like_that_of_every_class(
    client: httpx.AsyncClient, lesson: Lesson, works: Works
) -> None:
    await lesson.held()
    await settled(works)
    async with works.begin() as work:
        known = await tenants.credential(work, lesson.tenant_id, "merithub")
    path = f"/v1/{known.public_id}"
    assertion = jws.sign({"iss": known.public_id, "expiry": 3600}, known.secret, algorithm="HS256")
    form = {"grant_type": GRANT, "assertion": assertion}
    token = (await client.post(f"{path}/api/token", data=form)).json()["access_token"]
    headers = {"authorization": token, "accept": "text/csv"}
    sheet = await client.get(f"{path}/{lesson.room.classroom_id}/attendance", headers=headers)
    assert sheet.status_code == 200, sheet.text
    assert sheet.text.count("John Smith") == sheet.text.count("Ms Ada Teach") == 1


@pytest.mark.parametrize("record", ["true", "false"])
async def test_a_class_is_recorded_where_the_customer_says_so_at_the_door(
    client: httpx.AsyncClient, program: Program, lesson: Lesson, works: Works, receiver: Any, record: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(
            {"status": True, "is_tutor": True, "id": 222, "full_name": "Ms Teach", "record": record}
        )

    receiver.answers = [answer]
    entered = await client.post("/classv3/enter", json={"token": TOKEN, "user_id": "222"})
    assert entered.status_code == 200, entered.text
    await lesson.held()
    await settled(works)
    [room] = (await program.get("classrooms/"))["results"]
    assert (room["recorded_class_url"] is not None) is (record == "true")
    assert room["room_review_url"] == room["recorded_class_url"]
