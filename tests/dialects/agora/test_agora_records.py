"""Recordings through Agora's API: begun, held, stopped, listed, told to pollers, watched."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from agora_program import Program, golden, same_shape
from common import START
from fastapi import FastAPI

from app.dialects.agora.words import ms
from app.domain import recordings
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.takes import TakePlan
from app.workers.renderer import Renderer
from app.workers.scheduler import Scheduler

RECORDS = "v2/rooms/algebra/records"
ON, OFF = f"{RECORDS}/states/1", f"{RECORDS}/states/0"
WEB = {
    "mode": "web",
    "webRecordConfig": {"url": "https://page.example/", "videoWidth": 480, "videoHeight": 480},
}


def held(onhold: object) -> dict[str, Any]:
    return {"webRecordConfig": {"onhold": onhold}}


async def listed(program: Program, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await program.done("GET", f"{RECORDS}?{query}"))["list"]
    return found


async def told(program: Program) -> list[int]:
    """The states of the recording, as the room's events have them."""
    return [data["state"] for _, data in await program.events("algebra", cmd=1001)]


async def ring(works: Works, clock: ManualClock, **passed: float) -> None:
    clock.advance(timedelta(**passed))
    while await Scheduler(works).tick():
        pass


async def test_a_recording_from_start_to_film(
    program: Program,
    asgi: FastAPI,
    works: Works,
    clock: ManualClock,
    client: httpx.AsyncClient,
    tmp_path: Path,
) -> None:
    await program.room()
    await program.done("PUT", ON, WEB)
    [running] = await listed(program)
    assert running | {"recordId": "", "sid": "", "resourceId": "", "recordUid": ""} == {
        "recordId": "",
        "appId": program.app_id,
        "roomUuid": "algebra",
        "startTime": ms(START),
        "endTime": None,
        "resourceId": "",
        "sid": "",
        "recordUid": "",
        "boardAppId": None,
        "boardToken": None,
        "boardId": None,
        "type": 2,
        "status": 1,
        "url": None,
        "recordDetails": None,
    }
    clock.advance(timedelta(seconds=10))
    await program.done("PATCH", ON, held(True))
    clock.advance(timedelta(minutes=10))
    await program.done("PUT", ON, held(False))
    clock.advance(timedelta(seconds=10))
    await program.done("PUT", OFF)
    await Renderer(works, asgi.state.store).tick()

    [over] = await listed(program)
    assert (over["status"], over["endTime"], over["url"]) == (2, ms(START) + 620_000, None)
    [film] = over["recordDetails"]
    assert film["url"].startswith("http://homeroom.test/_/recording/")
    answer = await client.get(film["url"])
    assert answer.headers["content-type"] == "video/mp4"
    saved = tmp_path / "film.mp4"
    saved.write_bytes(answer.content)
    with av.open(str(saved)) as shown:
        assert (shown.duration or 0) / 1_000_000 == pytest.approx(20, abs=0.1)
        assert (shown.streams.video[0].width, shown.streams.video[0].height) == (480, 480)


async def test_a_composite_recording_is_listed_as_m3u8(
    program: Program, asgi: FastAPI, works: Works, clock: ManualClock, client: httpx.AsyncClient
) -> None:
    await program.room()
    await program.done("PUT", ON)
    clock.advance(timedelta(seconds=3))
    await program.done("PUT", OFF)
    await Renderer(works, asgi.state.store).tick()
    [over] = await listed(program)
    assert over["recordDetails"] is None
    assert httpx.URL(over["url"]).path.endswith(".m3u8")
    assert (await client.get(over["url"])).text.startswith("#EXTM3U\n")


async def test_the_vendors_example_begins_a_recording(program: Program) -> None:
    await program.room("test_class")
    await program.done(
        "PUT", "v2/rooms/test_class/records/states/1", golden("set_the_recording_state.request")
    )
    change = golden("update_the_recording_configurations.request")
    await program.done("PUT", "v2/rooms/test_class/records/states/1", change)
    await program.done("PATCH", "v2/rooms/test_class/records/states/1", change)
    [(cmd, data)] = await program.events("test_class")
    assert cmd == 1001
    same_shape(data, golden("recording_state.event"))


async def test_the_list_has_the_fields_of_the_vendors_example(program: Program) -> None:
    await program.room()
    await program.done("PUT", ON)
    data = await program.done("GET", RECORDS)
    example = golden("get_the_recording_list.response")["data"]
    assert data.keys() == example.keys() | {"nextId"}
    # One field is in the vendor's table and not in its example.
    assert data["list"][0].keys() == example["list"][0].keys() | {"boardAppId"}


async def test_pollers_are_told_of_the_beginning_and_of_the_end(program: Program, clock: ManualClock) -> None:
    await program.room()
    await program.done("PUT", ON)
    clock.advance(timedelta(seconds=5))
    for onhold in (True, False):
        await program.done("PATCH", ON, held(onhold))
    await program.done("PUT", OFF)
    [(_, began), (_, over)] = await program.events("algebra")
    [listing] = await listed(program)
    assert began == {
        "recordId": listing["recordId"],
        "sid": listing["sid"],
        "resourceId": listing["resourceId"],
        "state": 1,
        "startTime": ms(START),
    }
    assert over == {"state": 2, "startTime": ms(START)}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_recording_that_does_not_run_is_not_changed(program: Program, method: str) -> None:
    await program.room()
    assert (await program.refused(method, ON, held(True)))[:2] == (409, 30409410)
    assert (await program.refused("PUT", OFF))[:2] == (409, 30409410)
    await program.done("PUT", ON)
    await program.done("PUT", OFF)
    assert (await program.refused(method, ON, held(True)))[:2] == (409, 30409410)


async def test_a_recording_that_runs_is_not_begun_again(program: Program) -> None:
    await program.room()
    await program.done("PUT", ON)
    for body in (None, {}, WEB, {"mode": "web", **held(True), "retryTimeout": 6}):
        expected = (400, 30400412) if body and "retryTimeout" in body else (409, 30409411)
        assert (await program.refused("PUT", ON, body))[:2] == expected
    assert len(await listed(program)) == 1


@pytest.mark.parametrize("config", [None, {}, {"url": "", "rootUrl": None}, {"onhold": True}])
async def test_a_web_recording_needs_a_page(program: Program, config: Any) -> None:
    await program.room()
    status, code, msg = await program.refused("PUT", ON, {"mode": "web", "webRecordConfig": config})
    assert (status, code) == (400, 30400412)
    assert "url" in msg
    assert await listed(program) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("videoBitrate", 49),
        ("videoBitrate", 8001),
        ("videoFps", 4),
        ("videoFps", 61),
        ("videoFps", "many"),
        ("videoFps", 15.5),
        ("audioProfile", 3),
        ("audioProfile", -1),
        ("videoWidth", 479),
        ("videoWidth", 1281),
        ("videoHeight", 721),
        ("maxRecordingHour", 0),
        ("maxRecordingHour", 721),
        ("onhold", "perhaps"),
        ("url", {"a": 1}),
    ],
)
async def test_a_wrong_wish_is_named(program: Program, name: str, value: object) -> None:
    await program.room()
    config = {"url": "https://page.example/", name: value}
    status, code, msg = await program.refused("PUT", ON, {"mode": "web", "webRecordConfig": config})
    assert (status, code) == (400, 400)
    assert name in msg
    assert await listed(program) == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"{RECORDS}/states/2", None),
        ("PUT", f"{RECORDS}/states/x", None),
        ("PATCH", f"{RECORDS}/states/0", held(True)),
        ("PUT", ON, {"mode": "radio"}),
        ("PUT", ON, {"webRecordConfig": "fast"}),
        ("GET", f"{RECORDS}?nextId=abc", None),
        ("GET", f"{RECORDS}?nextId=-1", None),
    ],
)
async def test_what_has_no_meaning_is_a_bad_parameter(
    program: Program, method: str, path: str, body: Any
) -> None:
    await program.room()
    assert (await program.refused(method, path, body))[:2] == (400, 400)


async def test_a_room_that_is_not_there_has_no_recordings(program: Program) -> None:
    for method, path in (("PUT", ON), ("PATCH", ON), ("PUT", OFF), ("GET", RECORDS)):
        assert await program.refused(method, path) == (404, 20404100, "Room not exists!")


async def test_pages_are_of_a_hundred(program: Program, works: Works, tenant: Tenant) -> None:
    await program.room()
    assert await program.done("GET", f"{RECORDS}?null") == {
        "total": 0,
        "count": 0,
        "list": [],
        "nextId": None,
    }
    for _ in range(101):
        async with works.begin(tenant.tenant_id) as work:
            classroom = await rooms.named(work, tenant, "algebra")
            where = (tenant.tenant_id, classroom.classroom_id)
            await recordings.start_take(work, *where, TakePlan(), length=None)
            await recordings.stop_take(work, *where)

    async def page(query: str) -> tuple[int, int, Any]:
        data = await program.done("GET", f"{RECORDS}?{query}")
        assert data["count"] == len(data["list"])
        return data["total"], data["count"], data["nextId"]

    for query in ("", "null", "nextId=", "nextId=null", "nextId=0", "nextId=1"):
        assert await page(query) == (101, 100, "101")
    assert await page("nextId=101") == (101, 1, None)
    assert await page("nextId=2") == (101, 100, None)
    assert await page("nextId=102") == (101, 0, None)
    assert await page("nextId=99999999999999999999") == (101, 0, None)


@pytest.mark.parametrize(
    ("schedule", "config", "hours"),
    [
        (None, {}, 2),
        (1800, {}, 1),
        (3601, {}, 2),
        (1800, {"maxRecordingHour": 3}, 3),
    ],
)
async def test_it_stops_by_itself_at_its_limit(
    program: Program,
    works: Works,
    clock: ManualClock,
    schedule: int | None,
    config: dict[str, int],
    hours: int,
) -> None:
    # Without a start the room waits for somebody, however long it is to be.
    await program.room(roomProperties={"schedule": {"duration": schedule}} if schedule else {})
    await program.done(
        "PUT", ON, {"mode": "web", "webRecordConfig": {"rootUrl": "https://a.example", **config}}
    )
    await ring(works, clock, hours=hours, seconds=-1)
    assert await told(program) == [1]
    await ring(works, clock, seconds=1)
    assert await told(program) == [1, 2]
    [over] = await listed(program)
    assert over["endTime"] == ms(START) + hours * 3_600_000


async def test_it_goes_on_after_the_lesson_until_the_room_closes(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room()
    await program.done("PUT", "v2/rooms/algebra/states/1")
    await program.done("PUT", ON)
    await program.done("PUT", "v2/rooms/algebra/states/2")
    await ring(works, clock, seconds=599)
    assert await told(program) == [1]
    await ring(works, clock, seconds=1)
    assert await told(program) == [1, 2]
    [over] = await listed(program)
    assert over["endTime"] == ms(START) + 600_000


async def test_a_closed_room_is_not_recorded(program: Program) -> None:
    await program.room()
    await program.done("PUT", "v2/rooms/algebra/states/3")
    assert (await program.refused("PUT", ON))[:2] == (409, 30409101)


async def test_a_room_that_is_given_free_while_it_is_recorded_leaves_nothing_running(
    program: Program, works: Works, clock: ManualClock
) -> None:
    await program.room()
    await program.done(
        "PUT", ON, {"mode": "web", "webRecordConfig": {"url": "https://a", "maxRecordingHour": 720}}
    )
    await ring(works, clock, days=5)
    await program.room()
    assert await listed(program) == []
    await program.done("PUT", ON)


async def test_regions_lead_to_the_same_recordings(program: Program) -> None:
    await program.room()
    program.region = "/ap"
    await program.done("PUT", ON)
    program.region = "/na"
    assert len(await listed(program)) == 1
