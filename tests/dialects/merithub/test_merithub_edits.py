"""What can be edited of a class at each point of its life: nothing says success of what did not happen."""

import json
from datetime import timedelta
from typing import Any

import pytest
from merithub_program import Program, refused
from sqlalchemy import select

from app.domain import classrooms, outbox
from app.domain.outbox.tables import Delivery
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import NotItsTime

LATER = "2026-03-09T10:00:00Z"


@pytest.fixture
async def owner(program: Program) -> str:
    return await program.user("Host")


async def status(program: Program, class_id: str) -> str:
    answer = await program.call("GET", f"{class_id}/status")
    return str(answer.json()["status"])


async def told(works: Works, tenant: Tenant, class_id: str) -> list[str]:
    """The statuses that were pinged of a class, in order."""
    async with works.begin() as work:
        rows = await work.db.scalars(
            select(Delivery.body)
            .where(Delivery.tenant_id == tenant.tenant_id, Delivery.classroom_id == class_id)
            .order_by(Delivery.seq)
        )
        bodies = [json.loads(body) for body in rows]
    return [body["status"] for body in bodies if body["requestType"] == "classStatus"]


async def held(works: Works, tenant: Tenant, clock: ManualClock, class_id: str, owner: str) -> None:
    async with works.begin() as work:
        await classrooms.start(work, tenant.tenant_id, class_id)
    clock.advance(timedelta(minutes=30))
    async with works.begin() as work:
        await classrooms.end(work, tenant.tenant_id, class_id, by=owner)


async def test_a_cancelled_class_comes_back_with_a_new_start(program: Program, owner: str) -> None:
    class_id = (await program.schedule(owner))["classId"]
    assert (await program.call("PUT", class_id, {"status": "cl"})).status_code == 200
    assert (await program.call("PUT", class_id, {"title": "Another"})).status_code == 200
    assert await status(program, class_id) == "cl"
    assert (await program.call("PUT", class_id, {"startTime": LATER})).json() == {"message": "success"}
    assert await status(program, class_id) == "up"


async def test_a_class_whose_only_lesson_was_held_is_held_no_more(
    program: Program, works: Works, tenant: Tenant, clock: ManualClock, merithub_pings: Any, owner: str
) -> None:
    del merithub_pings
    class_id = (await program.schedule(owner))["classId"]
    await held(works, tenant, clock, class_id, owner)
    for body in ({"startTime": LATER}, {"startTime": LATER, "title": "Another"}):
        answer = await program.call("PUT", class_id, body)
        assert answer.status_code == 409, answer.text
        assert set(answer.json()) == {"code", "message", "traceId"}
    # What concerns its recording and its name may still change; nobody is told that it is upcoming.
    assert (await program.call("PUT", class_id, {"recordingDownload": True})).status_code == 200
    assert await status(program, class_id) == "cp"
    assert await told(works, tenant, class_id) == ["lv", "cp"]


async def test_pings_say_upcoming_of_what_is_upcoming_alone(
    program: Program, works: Works, tenant: Tenant, merithub_pings: Any, owner: str
) -> None:
    del merithub_pings
    class_id = (await program.schedule(owner))["classId"]
    for body in ({"type": "perma"}, {}, {"status": "up"}, {"status": "lv"}):
        assert (await program.call("PUT", class_id, body)).status_code == 200
    assert await told(works, tenant, class_id) == []
    await program.call("PUT", class_id, {"title": "Another"})
    await program.call("PUT", class_id, {"status": "cl"})
    await program.call("PUT", class_id, {"title": "A third"})
    await program.call("PUT", class_id, {"startTime": LATER})
    assert await told(works, tenant, class_id) == ["up", "cl", "up"]


@pytest.fixture
async def merithub_pings(works: Works, tenant: Tenant) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "name", ["localtime", "posixrules", "Factory", "right/Europe/Berlin", "posix/UTC", "../UTC"]
)
async def test_time_zones_are_the_iana_list(program: Program, owner: str, name: str) -> None:
    body = {"title": "A", "startTime": LATER, "duration": 60, "timeZoneId": name}
    refused(await program.call("POST", owner, body), 400, "invalidParameter")


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Asia/Calcutta", "US/Eastern", "UTC", "Etc/GMT+5", "EST5EDT"]
)
async def test_old_names_of_zones_are_names(program: Program, owner: str, name: str) -> None:
    made = await program.schedule(owner, timeZoneId=name)
    assert made["classId"]


async def test_a_series_that_ends_before_it_begins_is_refused(program: Program, owner: str) -> None:
    plan = {"type": "perma", "startTime": LATER, "schedule": [1, 3], "duration": 60, "title": "A"}
    answer = await program.call("POST", owner, plan | {"endDate": "2026-03-08"})
    refused(answer, 400, "invalidParameter")
    assert "endDate" in answer.json()["message"]
    class_id = (await program.call("POST", owner, plan)).json()["classId"]
    refused(await program.call("PUT", class_id, {"endDate": "2026-03-01"}), 400, "invalidParameter")


async def test_a_series_far_ahead_names_its_first_lesson_in_its_zone(
    program: Program, works: Works, tenant: Tenant, owner: str
) -> None:
    made = await program.schedule(
        owner, type="perma", startTime="2026-09-07T09:00:00", timeZoneId="Europe/Berlin", schedule=[1]
    )
    async with works.begin() as work:
        with pytest.raises(NotItsTime) as early:
            await classrooms.start(work, tenant.tenant_id, made["classId"])
    assert "2026-09-07 09:00 (Europe/Berlin)" in early.value.message


async def test_live_and_over_tell_the_actual_start(
    program: Program, works: Works, tenant: Tenant, clock: ManualClock, merithub_pings: Any, owner: str
) -> None:
    del merithub_pings
    class_id = (await program.schedule(owner, timeZoneId="UTC"))["classId"]
    clock.advance(timedelta(seconds=49))
    await held(works, tenant, clock, class_id, owner)
    async with works.begin() as work:
        rows = await work.db.scalars(
            select(Delivery.body)
            .where(Delivery.tenant_id == tenant.tenant_id, Delivery.classroom_id == class_id)
            .order_by(Delivery.seq)
        )
        bodies = [json.loads(body) for body in rows]
    lv, cp = (next(body for body in bodies if body.get("status") == code) for code in ("lv", "cp"))
    assert lv["startTime"] == cp["startTime"] == "2026-03-02T08:00:49"
    assert cp["endTime"] == "2026-03-02T08:30:49"


@pytest.mark.parametrize("kind", ["oneTime", "perma"])
async def test_another_zone_alone_keeps_wall_time_and_weekdays(
    program: Program, owner: str, kind: str
) -> None:
    made = await program.schedule(
        owner, type=kind, startTime="2026-09-07T09:00:00", timeZoneId="Europe/Berlin", schedule=[1, 3]
    )
    class_id = made["classId"]
    assert (await program.call("PUT", class_id, {"timeZoneId": "America/New_York"})).status_code == 200
    shown = (await program.call("GET", class_id)).json()
    assert shown["startTime"] == "2026-09-07T09:00:00-04:00"
    assert shown["schedule"] == ([1, 3] if kind == "perma" else [])


async def test_the_zone_of_a_series_that_has_begun_can_be_changed(
    program: Program, clock: ManualClock, owner: str
) -> None:
    made = await program.schedule(
        owner, type="perma", schedule=[1, 2], startTime="2026-03-02T08:05:00Z", timeZoneId="UTC"
    )
    clock.advance(timedelta(minutes=50))
    answer = await program.call("PUT", made["classId"], {"timeZoneId": "Europe/Berlin"})
    assert answer.json() == {"message": "success"}
