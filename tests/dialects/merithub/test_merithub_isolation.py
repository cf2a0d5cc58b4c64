"""Two tenants: whatever one shows and names, nothing of the other is read or changed.

Made from the routes and the tables: a new route or table is tried too, or fails until it is listed here.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from common import TENANT
from fastapi import FastAPI
from fastapi.routing import APIRoute
from merithub_program import Program
from owned import OWNED, PARAMETER, Dump, dump_of, fill_the_rest, leaks, marks, operations
from sqlalchemy import select

from app.admin.router import api as admin_api
from app.dialects.merithub import MERITHUB
from app.domain import activities, attendance, outbox, presence, tenants
from app.domain.metadata import metadata
from app.domain.participants import queries as participants
from app.domain.tenants import queries as tenant_queries
from app.kit.outbound import Sender
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.workers.dispatcher import Dispatcher

OTHER = "homeroomtesttenant01"
# These take no access token: they look at the signature or the link alone, or give the token out.
OPEN = {
    "/v1/{client_id}/api/token",
    "/v1/{client_id}/chats/{sub_class_id}/{thread}",
    "/v1/{client_id}/calendar/{user_id}.ics",
    "/info/room/{client_id}/{link}",
    "/info/device-test/{client_id}/{link}",
    "/{client_id}/sessions/view/{class_id}/{link}",
}
# The dialect's names of the columns; other parameters are called like theirs.
COLUMNS = {
    "class_id": "classroom_id",
    "any_id": "classroom_id",
    "sub_class_id": "lesson_id",
    "receiver_id": "subscription_id",
}


@dataclass
class Sides:
    """The tenant that owns things, and the one that must get nothing of them."""

    owner: Program
    stranger: Program
    links: list[str]
    """Links of the owner that answer without login."""
    door: str
    works: Works
    app: FastAPI

    async def dump(self) -> Dump:
        """Every row of the owner's."""
        return await dump_of(self.works)

    async def value(self, parameter: str) -> str:
        """What the owner has for this place of a path."""
        known = {"client_id": self.owner.client_id, "tenant": TENANT, "thread": "public", "link": self.door}
        if parameter in known:
            return known[parameter]
        name = COLUMNS.get(parameter, parameter)
        table = next((table for table in OWNED if name in table.c), None)
        assert table is not None, f"tell this test what {{{parameter}}} is"
        async with self.works.begin() as work:
            return str(
                await work.db.scalar(select(table.c[name]).where(table.c.tenant_id == TENANT).limit(1))
            )

    async def filled(self, path: str, **mine: str) -> str:
        """The path with the owner's ids, but for `mine`."""
        values = {name: mine.get(name) or await self.value(name) for name in PARAMETER.findall(path)}
        return PARAMETER.sub(lambda found: values[found[1]], path)


@pytest.fixture
async def sides(
    program: Program, asgi: FastAPI, works: Works, clock: Any, tenant: Any, receiver: Any
) -> Sides:
    """The owner has a full set of everything; the stranger has a user and a class."""
    async with works.begin() as work:
        await tenants.create(work, "Stranger", test=True, allow_private=True, tenant_id=OTHER)
        credential = await tenant_queries.credential(work, OTHER, "merithub")
        await outbox.subscribe(work, TENANT, "merithub", "status", receiver.url)
    stranger = Program(program.client, credential.public_id, credential.secret)
    answer = await stranger.ask_token(stranger.assertion())
    stranger.token = answer.json()["access_token"]
    links, door = await a_lesson(program, works, clock)
    async with Sender() as sender:
        await Dispatcher(works, sender).tick()
    async with works.begin() as work:
        await fill_the_rest(work)
    return Sides(program, stranger, links, door, works, asgi)


async def a_lesson(program: Program, works: Works, clock: Any) -> tuple[list[str], str]:
    """A lesson that was held, and a class to come; the owner's signed links, and one to the room."""
    owner = await program.user(
        "Aurelia Owner", email="aurelia@owner.example", clientUserId="aurelia-1", role="C"
    )
    one = await program.user("Aurelius Student")
    made = await program.schedule(owner, title="Aureate lesson", description="Aureate words")
    class_id = made["classId"]
    added = await program.call("POST", f"{class_id}/users", {"users": [{"userId": one}]})
    async with works.begin() as work:
        host = (await participants.door(work, TENANT, made["hostLink"])).participant
        student = (await participants.door(work, TENANT, added.json()[0]["userLink"])).participant
        assert host is not None
        assert student is not None
        visit = await presence.open_visit(
            work, TENANT, class_id, host.participant_id, tab="t", ip="192.0.2.7", user_agent="Aureate browser"
        )
        lesson = await activities.start_class(work, TENANT, class_id, host.participant_id)
        await activities.say(work, TENANT, class_id, host.participant_id, "Aureate greeting")
        await activities.say(
            work, TENANT, class_id, host.participant_id, "Aureate whisper", to=student.participant_id
        )
    clock.advance(timedelta(minutes=10))
    async with works.begin() as work:
        await presence.close_visit(work, TENANT, visit.visit_id, reason=LeaveReason.LEFT, at=work.now)
        await activities.end_class(work, TENANT, class_id, host.participant_id)
        await attendance.settle(work, TENANT, lesson.lesson_id)
    following = await program.schedule(owner, title="Aureate future", startTime="2026-03-09T10:00:00Z")
    (chats,) = (await program.call("GET", f"{class_id}/chats")).json()["chats"]
    calendar = (await program.call("GET", f"users/{owner}/calendar")).json()["url"]
    return [chats["public"], *chats["private"], calendar], following["hostLink"]


def bodies(dump: Dump) -> list[dict[str, Any]]:
    """Sound bodies that name what is the owner's."""

    def column(table: str, name: str) -> list[Any]:
        place = list(metadata.tables[table].c.keys()).index(name) if table in metadata.tables else 0
        return [row[place] for row in dump.get(table, [])]

    people, seats = column("users", "user_id"), column("participants", "link")
    plain = {
        "name": "Mallory",
        "email": "aurelia@owner.example",
        "clientUserId": "aurelia-1",
        "title": "Mine",
        "startTime": "2031-01-15T10:00:00Z",
        "fileIds": column("files", "file_id"),
        "classId": column("classrooms", "classroom_id")[0],
        "userId": people[0],
    }
    return [
        plain | {"users": [{"userId": people[0], "userLink": seats[0]}]},
        plain | {"users": people[:1]},
        plain | {"status": "cl"},
    ]


def test_every_table_of_a_tenant_is_looked_at() -> None:
    assert {table.name for table in metadata.sorted_tables} - {table.name for table in OWNED} == {
        "inbox_items",
        # Which store of files the database belongs to.
        "installation",
        # Which processes send, for whomever.
        "senders",
    }


def test_every_route_that_is_open_exists() -> None:
    assert {path for _, path in operations(MERITHUB.router)} >= OPEN


async def test_a_strangers_token_opens_no_route_of_the_owner(sides: Sides) -> None:
    before = await sides.dump()
    assert [name for name, rows in before.items() if not rows] == []
    for method, path in operations(MERITHUB.router):
        if path in OPEN:
            continue
        url = await sides.filled(path)
        for body in bodies(before):
            answer = await sides.stranger.client.request(
                method, url, json=body, headers={"authorization": sides.stranger.token}
            )
            assert answer.status_code == 401, f"{method} {path}: {answer.text}"
            assert leaks(answer, before, url + json.dumps(body)) == []
    assert await sides.dump() == before


async def test_a_stranger_finds_nothing_of_the_owner_at_home(sides: Sides) -> None:
    mine = await sides.stranger.user("Mallory", email="mallory@stranger.example")
    home = {
        "client_id": sides.stranger.client_id,
        "class_id": (await sides.stranger.schedule(mine))["classId"],
        "user_id": mine,
    }
    before = await sides.dump()
    for method, path in operations(MERITHUB.router):
        foreign = set(PARAMETER.findall(path)) - {"client_id"}
        # All ids are the owner's; then the ones that the stranger has are the stranger's own.
        for own in ({"client_id": home["client_id"]}, home):
            url = await sides.filled(path, **own)
            query = f"?subClassId={await sides.value('lesson_id')}&query=Aure&classId="
            statuses = set()
            for body in bodies(before):
                answer = await sides.stranger.client.request(
                    method,
                    url + query + (await sides.value("class_id") if path.endswith("status") else ""),
                    json=body,
                    headers={"authorization": sides.stranger.token},
                )
                statuses.add(answer.status_code)
                assert leaks(answer, before, url + query + json.dumps(body)) == [], f"{method} {path}"
            if foreign - own.keys():
                # A body may be none of the operation's; but one that is must not find anything either.
                assert statuses <= {400, 401, 404}, f"{method} {path}"
                assert statuses & {401, 404}, f"{method} {path}"
    assert await sides.dump() == before


async def test_what_the_owner_uses_is_free_for_the_stranger(sides: Sides) -> None:
    answer = await sides.stranger.call(
        "POST", "users", {"name": "Mallory", "email": "aurelia@owner.example", "clientUserId": "aurelia-1"}
    )
    assert answer.status_code == 200, answer.text


async def test_a_signed_link_of_the_owner_opens_nothing_under_the_strangers_name(sides: Sides) -> None:
    before = await sides.dump()
    for link in sides.links:
        assert (await sides.owner.client.get(link)).status_code == 200
        parts = urlsplit(link)
        moved = f"{parts.path.replace(sides.owner.client_id, sides.stranger.client_id)}?{parts.query}"
        answer = await sides.owner.client.get(moved)
        assert answer.status_code in (401, 404), moved
        assert leaks(answer, before, moved) == []
    assert await sides.dump() == before


async def test_a_room_of_the_owner_has_no_page_under_the_strangers_name(sides: Sides) -> None:
    before = await sides.dump()
    pages = [path for _, path in operations(MERITHUB.router) if MERITHUB.shows_page(path)]
    assert pages
    for path in pages:
        assert (await sides.owner.client.get(await sides.filled(path))).status_code in (200, 404)
        url = await sides.filled(path, client_id=sides.stranger.client_id)
        answer = await sides.owner.client.get(url)
        assert answer.status_code == 404, path
        assert leaks(answer, before, url) == []


async def knock(app: FastAPI, path: str) -> list[dict[str, Any]]:
    """What the room's socket says to somebody who says hello and goes away."""
    heard: list[dict[str, Any]] = []
    closed = asyncio.Event()
    hello = json.dumps({"type": "hello", "v": 1, "tab": "tab", "name": "Mallory"})
    saying = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": hello}])

    async def receive() -> dict[str, Any]:
        message = next(saying, None)
        if message is None:
            await closed.wait()
            return {"type": "websocket.disconnect", "code": 1000}
        return message

    async def send(message: Any) -> None:
        heard.append(message)
        if message["type"] != "websocket.accept":
            closed.set()

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"homeroom.test")],
        "client": ("192.0.2.9", 1),
        "server": ("homeroom.test", 80),
        "subprotocols": [],
        "extensions": {},
    }
    await app(scope, receive, send)
    return heard


async def test_a_link_of_the_owner_opens_no_socket_of_the_stranger(sides: Sides) -> None:
    before = await sides.dump()
    heard = await knock(sides.app, f"/_/room/{OTHER}/{sides.door}/socket")
    assert not any("welcome" in message.get("text", "") for message in heard)
    assert not [mark for mark in marks(before) if mark in str(heard)]
    assert await sides.dump() == before
    heard = await knock(sides.app, f"/_/room/{TENANT}/{sides.door}/socket")
    assert any("welcome" in message.get("text", "") for message in heard)


ADMIN_BODY = {"by": "2h", "callback_url": "https://school.example/"}
MAKES = {("PUT", "/_/admin/v1/tenants/{tenant}/endpoints/{host}")}


async def test_an_admin_path_of_one_tenant_reaches_nothing_of_another(
    sides: Sides, admin: dict[str, str]
) -> None:
    before = await sides.dump()
    tried = 0
    for method, path in operations(admin_api):
        names = set(PARAMETER.findall(path))
        if "tenant" not in names:
            continue
        url = await sides.filled(path, tenant=OTHER, dialect="merithub")
        answer = await sides.owner.client.request(method, url, json=ADMIN_BODY, headers=admin)
        assert answer.status_code < 500, f"{method} {path}"
        if names - {"tenant", "dialect"}:
            # A host name that nobody has yet becomes the stranger's own; all else is not found.
            expected = 200 if (method, path) in MAKES else 404
            assert answer.status_code == expected, f"{method} {path}: {answer.text}"
            tried += 1
        assert leaks(answer, before, url) == [], f"{method} {path}"
    assert tried
    assert await sides.dump() == before


def test_every_dialect_route_is_an_operation_of_this_test() -> None:
    found = {(method, path) for method, path in operations(MERITHUB.router)}
    plain_routes = [route for route in MERITHUB.router.routes if isinstance(route, APIRoute)]
    assert {(method, route.path) for route in plain_routes for method in route.methods} <= found
