"""What every edge keeps: commit before the first byte, no trace of a refusal, room for one more dialect."""

import importlib.util
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from common import START, TENANT
from fastapi import APIRouter, FastAPI
from jose import jws
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from app.database import Address
from app.dialects import errors
from app.dialects.base import Dialect, Facts
from app.dialects.errors import status_of
from app.dialects.telling import teller
from app.domain import classrooms, outbox, users
from app.domain.classrooms import ClassroomPlan
from app.domain.events.kinds import AnyEvent, LessonStarted
from app.domain.outbox import Notice
from app.domain.tenants.tables import Credential
from app.domain.users.service import UserDraft
from app.kit.outbound import Sender
from app.kit.web import WorkDep
from app.kit.work import Works
from app.rules.refusals import Refusal, UnknownUser
from app.workers.dispatcher import Dispatcher

CONTRACT = Path(__file__).resolve().parents[1] / "dialects" / "test_contract.py"


# ---- Commit and refusal


async def count(database: Address, table: str) -> int:
    """Rows that a connection of its own sees now."""
    connection = await asyncpg.connect(database.dsn)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own names
    finally:
        await connection.close()


class Witness:
    """Stands between the app and the wire; counts a table at the moment when an answer begins."""

    def __init__(self, app: FastAPI, database: Address) -> None:
        self.app = app
        self.database = database
        self.table = ""
        self.seen: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and self.table:
                self.seen.append(await count(self.database, self.table))
            await send(message)

        await self.app(scope, receive, watched)


@pytest.fixture
def witness(asgi: FastAPI, database: Address) -> Witness:
    return Witness(asgi, database)


@pytest.fixture
async def program(witness: Witness, merithub: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in program whose answers pass the witness."""
    transport = httpx.ASGITransport(witness, raise_app_exceptions=False)
    base = f"http://homeroom.test/v1/{merithub.client_id}/"
    assertion = jws.sign({"iss": merithub.client_id, "expiry": 3600}, merithub.client_secret)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        token = (await client.post("api/token", data=form)).json()["access_token"]
        client.headers["authorization"] = token
        yield client


async def test_a_row_is_there_for_all_when_the_answer_begins(
    program: httpx.AsyncClient, witness: Witness
) -> None:
    witness.table = "users"
    for number in (1, 2, 3):
        answer = await program.post("users", json={"name": f"Student {number}"})
        assert answer.status_code == 200, answer.text
    assert witness.seen == [1, 2, 3]
    witness.table, witness.seen = "classrooms", []
    body = {"title": "Algebra", "startTime": (START + timedelta(hours=1)).isoformat()}
    answer = await program.post(answer.json()["userId"], json=body)
    assert answer.status_code == 200, answer.text
    assert witness.seen == [1]


REASONS = {
    "refused": UnknownUser("nobody"),
    "broken": RuntimeError("nobody expected this"),
    "http": HTTPException(418),
}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
@pytest.mark.parametrize("path", ["/v1/planted/now", "/elsewhere"])
async def test_what_a_refused_request_wrote_is_undone(
    asgi: FastAPI, client: httpx.AsyncClient, database: Address, tenant: Any, path: str, reason: Exception
) -> None:
    written: list[int] = []

    @asgi.patch(path)
    async def write_and_fail(work: WorkDep) -> None:
        await users.add(work, TENANT, UserDraft("Ghost"))
        await work.db.flush()
        written.append(1)
        raise reason

    answer = await client.patch(path)
    assert answer.status_code >= 400
    assert written
    assert await count(database, "users") == 0


async def test_one_unknown_name_in_a_list_leaves_none_of_it(
    program: httpx.AsyncClient, database: Address
) -> None:
    owner, student = [
        (await program.post("users", json={"name": name})).json()["userId"] for name in ("Ms Teach", "Ada")
    ]
    body = {"title": "Algebra", "startTime": (START + timedelta(hours=1)).isoformat()}
    made = (await program.post(owner, json=body)).json()
    before = await count(database, "participants")
    seats = [{"userId": one, "userLink": "", "userType": "su"} for one in (student, "nobody")]
    answer = await program.post(f"{made['classId']}/users", json={"users": seats})
    assert answer.status_code == 404, answer.text
    assert await count(database, "participants") == before


# ---- One more dialect


chalk_router = APIRouter(prefix="/chalk")


class Lesson(BaseModel):
    minutes: int


@chalk_router.post("/lessons")
async def begin(work: WorkDep, lesson: Lesson) -> str:
    """A vendor whose only operation begins a lesson at once."""
    owner = await users.add(work, TENANT, UserDraft("Ms Teach"))
    plan = ClassroomPlan("Algebra", work.now + timedelta(hours=1), "UTC", lesson.minutes)
    classroom = await classrooms.schedule(work, TENANT, owner.user_id, plan)
    await classrooms.start(work, TENANT, classroom.classroom_id)
    return classroom.classroom_id


@chalk_router.get("/broken")
async def fail() -> None:
    raise RuntimeError("nobody expected this")


def shout(refusal: Refusal, trace_id: str, now: datetime) -> PlainTextResponse:
    """This vendor answers no JSON."""
    return PlainTextResponse(f"NO {refusal.message} {trace_id}", status_of(refusal))


def chalk_up(event: AnyEvent, classroom_id: str, facts: Facts) -> Notice | None:
    """This vendor tells only that a lesson began."""
    if not isinstance(event, LessonStarted):
        return None
    return Notice("began", f"{facts.public_id} {classroom_id}".encode())


CHALK = Dialect("chalk", chalk_router, re.compile(r"/chalk(/|$)"), shout, chalk_up)


@pytest.fixture
async def chalk(works: Works, tenant: Any, receiver: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A server that speaks this one dialect."""
    app = FastAPI()
    app.state.works = Works(works.bind, works.clock, teller([CHALK], "http://homeroom.test"))
    errors.install(app, [CHALK])
    app.include_router(CHALK.router)
    async with works.begin() as work:
        work.db.add(Credential(tenant_id=TENANT, dialect="chalk", public_id="board-7", secret="s", host=None))
        await outbox.subscribe(work, TENANT, "chalk", "all", receiver.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://homeroom.test") as client:
        yield client


async def test_another_dialect_tells_in_its_own_words(
    chalk: httpx.AsyncClient, works: Works, receiver: Any
) -> None:
    answer = await chalk.post("/chalk/lessons", json={"minutes": 30})
    assert answer.status_code == 200, answer.text
    async with Sender() as sender:
        await Dispatcher(works, sender).tick()
    assert [request.body.decode() for request in receiver.requests] == [f"board-7 {answer.json()}"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/chalk/lessons", {"minutes": "many"}, 400),
        ("POST", "/chalk/lessons", {"minutes": 0}, 400),
        ("GET", "/chalk/lessons", None, 405),
        ("GET", "/chalk/nowhere", None, 404),
        ("GET", "/chalk/broken", None, 500),
    ],
)
async def test_another_dialect_refuses_in_its_own_words(
    chalk: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    answer = await chalk.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.text.startswith("NO ")
    assert "nobody expected this" not in answer.text


async def test_beside_another_dialect_the_plain_voice_speaks(chalk: httpx.AsyncClient) -> None:
    answer = await chalk.get("/elsewhere")
    assert answer.headers["content-type"] == "application/problem+json"


def contract() -> Any:
    """The tests that every dialect has to pass."""
    spec = importlib.util.spec_from_file_location("contract_of_dialects", CONTRACT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_contract_of_dialects_takes_another_one_as_it_is() -> None:
    tests = contract()
    tests.test_every_dialect_claims_its_own_routes(CHALK)
    tests.test_no_operation_is_hidden_behind_an_earlier_one(CHALK)
    for refusal in tests.every_refusal():
        tests.test_every_refusal_can_be_said(CHALK, refusal)
    for kind in AnyEvent.__args__:
        tests.test_every_event_is_decided(CHALK, kind)
