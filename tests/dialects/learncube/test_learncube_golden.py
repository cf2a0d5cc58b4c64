"""Every request and answer of the vendor's page, and of the REST API, as they stand in the golden files.

The callbacks are the page's own examples with the parameters in both places; tokens, keys, ids and links are
those of the run.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web
from held import TOKEN, Lesson
from learncube_program import BASE, Program, golden, like
from sqlalchemy import select

from app.dialects.learncube.gate import ask_to_start
from app.domain import joint, outbox
from app.domain.classrooms import queries as rooms
from app.domain.events.tables import Event
from app.kit.clock import ManualClock
from app.kit.outbound import Sender
from app.kit.work import Works
from app.rules.lifecycle import State
from app.rules.seats import SeatRole
from app.workers.dispatcher import Dispatcher

SPAN = timedelta(seconds=611)


def saying(name: str) -> Any:
    """What the customer answers: the golden file as it stands."""

    async def answer(_: web.Request) -> web.Response:
        text = json.dumps(golden(name))
        return web.Response(text=text, content_type="application/json", charset="UTF-8")

    return answer


def exactly(received: Any, name: str) -> None:
    """The request is the golden one: the query as it stands, the body with its keys in order."""
    wanted = golden(f"{name}.request.json")
    assert received.path == f"/pings?{wanted['query']}"
    assert received.body == json.dumps(wanted["body"], separators=(",", ":")).encode()
    assert received.headers["content-type"] == "application/json;charset=UTF-8"


@pytest.fixture
async def lesson(works: Works, tenant: Any, clock: ManualClock, receiver: Any) -> Lesson:
    """A tutor and a student before the start."""
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", receiver.url)
    lesson = Lesson(works, tenant.tenant_id, clock)
    for person, name, role in (("222", "Ms Teach", SeatRole.HOST), ("111", "John", SeatRole.PARTICIPANT)):
        lesson.seats[person], lesson.visits[person] = await lesson.come(person, name, role)
    return lesson


@pytest.fixture
async def dispatcher(works: Works) -> AsyncIterator[Dispatcher]:
    async with Sender() as sender:
        yield Dispatcher(works, sender)


@pytest.mark.parametrize(("answer", "status"), [("yes", 200), ("no", 403)])
async def test_connect_lesson(
    client: httpx.AsyncClient, works: Works, tenant: Any, receiver: Any, answer: str, status: int
) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", receiver.url)
    receiver.answers = [saying(f"connect_lesson.{answer}.json")]
    entered = await client.post("/classv3/enter", json={"token": "1235678", "user_id": "111"})
    exactly(receiver.requests[0], "connect_lesson")
    assert entered.status_code == status
    if answer == "no":
        assert entered.json() == {"message": golden("connect_lesson.no.json")["message"]}
        return
    room = entered.json()
    _, _, _, tenant_id, link, _ = room["socket"].split("/")
    room["socket"] = room["socket"].replace(tenant_id, "{tenant}").replace(link, "{link}")
    assert room == golden("connect_lesson.room.json")


@pytest.mark.parametrize(("answer", "state"), [("yes", State.LIVE), ("no", State.SCHEDULED)])
async def test_start_lesson(
    asgi: Any, lesson: Lesson, works: Works, receiver: Any, answer: str, state: State
) -> None:
    receiver.answers = [saying(f"start_lesson.{answer}.json")]
    await ask_to_start(asgi.state.asker, lesson.tenant_id, lesson.room.classroom_id)
    exactly(receiver.requests[0], "start_lesson")
    async with works.begin() as work:
        room = await rooms.by_id(work, lesson.tenant_id, lesson.room.classroom_id)
        refused = await work.db.scalars(
            select(Event.data["message"].astext).where(
                Event.tenant_id == lesson.tenant_id, Event.kind == "StartRefused"
            )
        )
        said = [] if answer == "yes" else [golden("start_lesson.no.json")["message"]]
        assert (room.state, refused.all()) == (state, said)


@pytest.mark.parametrize("request_name", ["end_lesson", "crash_lesson"])
async def test_end_lesson_and_crash_lesson(
    lesson: Lesson,
    works: Works,
    receiver: Any,
    dispatcher: Dispatcher,
    clock: ManualClock,
    request_name: str,
) -> None:
    async with works.begin() as work:
        await joint.start_together(work, lesson.tenant_id, lesson.room.classroom_id)
    clock.advance(SPAN)
    if request_name == "crash_lesson":
        await lesson.go(lesson.visits["111"])
    else:
        async with works.begin() as work:
            student = lesson.seats["111"].participant_id
            await joint.end_jointly(work, lesson.tenant_id, lesson.room.classroom_id, student)
    receiver.answers = [saying(f"{request_name}.yes.json")]
    await dispatcher.tick()
    [received] = receiver.requests
    exactly(received, request_name)


async def test_get_api_token_and_verify_api_token(program: Program) -> None:
    keys = {"{PUBLIC_KEY}": program.public_key, "{PRIVATE_KEY}": program.private_key}
    pair = {name: keys[value] for name, value in golden("get_api_token.request.json").items()}
    given = await program.client.post(f"{BASE}/get-api-token/", json=pair)
    assert given.status_code == 200
    assert list(given.json()) == list(golden("get_api_token.response.json"))
    shown = golden("verify_api_token.request.json") | given.json()
    good = await program.client.post(f"{BASE}/verify-api-token/", json=shown)
    assert (good.status_code, good.json()) == (200, golden("verify_api_token.response.json"))


async def test_list_classrooms_and_list_logs(program: Program, lesson: Lesson, receiver: Any) -> None:
    async with lesson.works.begin() as work:
        await joint.start_together(work, lesson.tenant_id, lesson.room.classroom_id)
    for path, name in (("classrooms/", "list_classrooms"), ("logs/", "list_logs")):
        shown, wanted = await program.get(path), golden(f"{name}.response.json")
        # Entries of one instant stand in no order that means anything.
        shown["results"].sort(key=lambda row: (row.get("type"), row.get("userid") or ""))
        wanted["results"] = [
            like(one, row) for one, row in zip(shown["results"], wanted["results"], strict=True)
        ]
        assert json.dumps(shown) == json.dumps(wanted).replace("{CALLBACK}", receiver.url)
    assert (await program.get("classrooms/", room_token=TOKEN))["count"] == 1


async def test_change_classroom(program: Program) -> None:
    made = await program.call("POST", "classrooms/", json=golden("create_classroom.request.json"))
    answer = await program.call(
        "PUT", f"classrooms/{made.json()['uuid']}/", json=golden("change_classroom.request.json")
    )
    assert answer.status_code == 200
    assert answer.json() == like(answer.json(), golden("change_classroom.response.json"))


async def test_refusals(program: Program) -> None:
    unknown = await program.call("GET", "classrooms/7d0b5c1e-1f0a-4c53-8a4f-8d43a1c7b2d1/")
    assert (unknown.status_code, unknown.json()) == (404, golden("read_classroom.unknown.json"))
    nobody = await program.client.get(f"{BASE}/classrooms/")
    assert (nobody.status_code, nobody.json()) == (401, golden("read_classroom.refused.json"))
    wrong = await program.call("POST", "classrooms/", json={"start": "soon"})
    assert (wrong.status_code, wrong.json()) == (400, golden("create_classroom.wrong.json"))
