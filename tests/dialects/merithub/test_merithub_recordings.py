"""A class that asks for recordings in the vendor's words, and where they are read."""

from datetime import timedelta
from typing import Any

import pytest
from merithub_program import Program, refused

from app.domain import classrooms
from app.workers.scheduler import Scheduler


@pytest.fixture
async def owner(program: Program) -> str:
    return await program.user("Host")


async def held(program: Program, works: Any, clock: Any, tenant: Any, owner: str, **plan: Any) -> str:
    """The id of a class after a lesson of 59 minutes."""
    class_id: str = (await program.schedule(owner, timeZoneId="Asia/Kolkata", **plan))["classId"]
    async with works.begin() as work:
        await classrooms.start(work, tenant.tenant_id, class_id)
    clock.advance(timedelta(minutes=59))
    async with works.begin() as work:
        await classrooms.end(work, tenant.tenant_id, class_id, by=owner)
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass
    return class_id


async def test_a_recording_is_listed_with_its_player(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    class_id = await held(program, works, clock, tenant, owner, recording={"record": True})
    body = (await program.call("GET", f"{class_id}/recordings")).json()
    assert (body["classId"], body["networkId"]) == (class_id, program.client_id)
    (row,) = body["recordings"]
    assert list(row) == ["recordingId", "classId", "subClassId", "status", "startTime", "duration", "url"]
    # 08:00 UTC is half past one in Kolkata.
    assert (row["classId"], row["status"], row["startTime"], row["duration"]) == (
        class_id,
        "recorded",
        "2026-03-02T13:30:00",
        "0:59",
    )
    page = await program.client.get(row["url"])
    assert page.status_code == 200
    assert "<h1>Algebra</h1>" in page.text
    path = f"{class_id}/recordings?subClassId="
    assert (await program.call("GET", path + row["subClassId"])).json() == body
    assert (await program.call("GET", path + "other")).json()["recordings"] == []


async def test_a_download_is_offered_where_the_class_allows_it(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    plan = {"recording": {"autoRecord": "true"}, "recordingDownload": True}
    class_id = await held(program, works, clock, tenant, owner, **plan)
    (row,) = (await program.call("GET", f"{class_id}/recordings")).json()["recordings"]
    answer = await program.client.get(row["downloadUrl"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"


async def test_a_class_that_was_not_recorded_has_none(
    program: Program, works: Any, clock: Any, tenant: Any, owner: str
) -> None:
    class_id = await held(program, works, clock, tenant, owner)
    assert (await program.call("GET", f"{class_id}/recordings")).json()["recordings"] == []


async def test_an_unknown_class_has_no_list(program: Program) -> None:
    refused(await program.call("GET", "nowhere/recordings"), 404, "classNotFound")
