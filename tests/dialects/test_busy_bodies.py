"""No body of a megabyte, and no query, keeps the server busy or breaks it, whatever is in it."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from bounded import within
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from jose import jws

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.learncube.wire_classrooms import ClassroomFilters
from app.dialects.learncube.wire_logs import LogFilters
from app.dialects.learncube.wire_participants import ParticipantFilters
from app.domain.tenants import queries as accounts
from app.kit.web import LARGEST_BODY
from app.kit.work import Works

SECONDS = 0.5
"""Of this process's time for one request, the test's own part of it included."""
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
GRANT = b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="


def as_json(value: Any) -> tuple[str, bytes]:
    return JSON, json.dumps(value, separators=(",", ":")).encode()


KEYS = {f"k{number}": 1 for number in range(80_000)}
TEXT = "x" * 900_000
BODIES: dict[str, tuple[str, bytes]] = {
    "people": as_json({"users": [{"userId": "a"}] * 60_000}),
    "no people": as_json({"users": [[]] * 300_000}),
    "numbers": as_json({"users": [1] * 400_000}),
    "keys": as_json(KEYS),
    "properties": as_json({"properties": KEYS}),
    "properties of a room": as_json({"roomName": "A", "roomType": 4, "roomProperties": KEYS}),
    "one path": as_json({"properties": {".".join("a" * 400_000): 1}}),
    "paths": as_json({"properties": [f"k{number}" for number in range(90_000)]}),
    "items": as_json({"items": ["a"] * 200_000, "correctItems": ["a"]}),
    "poll": as_json({"pollItems": ["a"] * 200_000}),
    "groups": as_json({"groups": [{"groupName": "a", "users": ["b"]}] * 20_000}),
    "resources": as_json({"resourceUuids": ["a"] * 200_000}),
    "files": as_json({"fileIds": ["a"] * 200_000}),
    "seen": as_json({"seen": ["a"] * 200_000}),
    "rewards": as_json({"rewardDetails": [{"userUuid": "a", "changeReward": 1}] * 20_000}),
    "text": as_json({"name": TEXT, "title": "A", "token": TEXT[:100_000]}),
    "time": as_json({"title": "A", "startTime": "9" * 900_000}),
    "zone": as_json({"title": "A", "name": "A", "timeZone": "../" * 200_000, "timeZoneId": "A/" * 200_000}),
    "number": (JSON, b'{"title": "A", "duration": ' + b"9" * 900_000 + b"}"),
    "fraction": (JSON, b'{"title": "A", "duration": 0.' + b"9" * 900_000 + b"}"),
    "exponent": (JSON, b'{"title": "A", "duration": 1e' + b"9" * 900_000 + b"}"),
    "list": as_json([1] * 400_000),
    "escapes": (JSON, b'{"name": "' + b"\\u0000" * 150_000 + b'"}'),
    "halves": (JSON, b'{"name": "' + b"\\ud800" * 150_000 + b'"}'),
    "wide": (JSON, json.dumps({"users": ["[" * 90] * 2000}).encode("utf-16")),
    "wide and deep": (JSON, ("[" * 500_000).encode("utf-16")),
    "quotes": (JSON, b'["' + b'\\"' * 450_000),
    "brackets": (JSON, b"[" + b"[]," * 300_000),
    "fields": (FORM, b"a=b&" * 250_000),
    "percents": (FORM, b"%41" * 300_000),
    "pluses": (FORM, GRANT + b"+" * 900_000),
    "dots": (FORM, GRANT + b"a." * 400_000),
    "bearers": (FORM, GRANT + b"bearer" * 150_000),
    "a form that is none": (FORM, b"--b\r\n" + b"\r" * 900_000),
    "a form of headers": (FORM, b"--b\r\n" + b"a: b\r\n" * 150_000),
    "a form of ends": (
        FORM,
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"\r\n--" * 200_000,
    ),
}


def declared(dependant: Any) -> set[str]:
    """The names in the query that a route and what it needs say they read."""
    inner = (declared(one) for one in dependant.dependencies)
    return {field.alias for field in dependant.query_params}.union(*inner)


def read_by_hand(path: str) -> set[str]:
    """Those that routes of this path read without saying so."""
    if path.startswith("/edu/"):
        return {"nextId", "count", "cmd", "type", "role", "userName", "state"}
    if path.startswith("/api/virtual-classroom"):
        models = (ClassroomFilters, ParticipantFilters, LogFilters)
        return {one.alias or name for model in models for name, one in model.model_fields.items()}
    return set()


class School:
    """A tenant with something of each kind, and what its programs show."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.shown: list[tuple[str, dict[str, str]]] = []

    def paths(self, app: FastAPI) -> Iterator[tuple[str, str, set[str]]]:
        """Every method and path, with ids that are some, and the names that its query may have."""
        for context in iter_route_contexts(app.router.routes):
            if isinstance(context.original_route, APIRoute):
                path = re.sub(r"{(\w+)[^}]*}", self._named, str(context.path))
                # What ends the tenant, or its keys, would end the test; the regions are the same rooms.
                ends = path.startswith("/_/admin/v1/tenants/") and (path.count("/") == 5 or "rotate" in path)
                for method in sorted(context.methods or ()):
                    if not (ends and method in ("DELETE", "POST")) and "/word/edu/" not in path:
                        yield method, path, read_by_hand(path) | declared(context.dependant)

    def _named(self, found: re.Match[str]) -> str:
        return self.names.get(found[1], "word")

    def headers(self, path: str) -> dict[str, str]:
        return next((shown for start, shown in self.shown if path.startswith(start)), {})


@pytest.fixture
async def school(
    client: httpx.AsyncClient, works: Works, tenant: Any, merithub: Any, admin: dict[str, str]
) -> School:
    made = School()
    mine = f"/v1/{merithub.client_id}"
    grant = GRANT + jws.sign({"iss": merithub.client_id}, merithub.client_secret, algorithm="HS256").encode()
    granted = await client.post(f"{mine}/api/token", content=grant, headers={"content-type": FORM})
    token = {"authorization": granted.json()["access_token"]}
    async with works.begin() as work:
        agora = await accounts.credential(work, tenant.tenant_id, "agora")
        cube = await accounts.credential(work, tenant.tenant_id, "learncube")
    seal = Seal(agora.public_id, agora.secret, int(works.clock.now().timestamp()), 3600, 7)
    server = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    await client.post(
        f"/edu/apps/{agora.public_id}/v2/rooms/algebra",
        headers=server,
        json={"roomName": "Algebra", "roomType": 4},
    )
    teacher = (await client.post(f"{mine}/users", json={"name": "Ada"}, headers=token)).json()["userId"]
    plan = {"title": "Algebra", "startTime": "2026-03-02T15:00:00Z"}
    held = (await client.post(f"{mine}/{teacher}", json=plan, headers=token)).json()
    made.names = {
        "client_id": merithub.client_id,
        "app_id": agora.public_id,
        "tenant": tenant.tenant_id,
        "tenant_id": tenant.tenant_id,
        "room_uuid": "algebra",
        "user_id": teacher,
        "class_id": held["classId"],
    }
    keys = base64.b64encode(f"{cube.public_id}:{cube.secret}".encode()).decode()
    made.shown = [
        ("/_/", admin),
        ("/v1/", token),
        ("/edu/", server),
        ("/api/virtual-classroom", {"authorization": f"Basic {keys}"}),
    ]
    return made


@pytest.mark.parametrize("name", BODIES)
async def test_no_body_keeps_the_server_busy_or_breaks_it(
    asgi: FastAPI, client: httpx.AsyncClient, school: School, name: str
) -> None:
    kind, body = BODIES[name]
    asked = 0
    for method, path, _ in school.paths(asgi):
        if method not in ("GET", "DELETE") or (method == "DELETE" and path.startswith("/edu/")):
            headers = school.headers(path) | {"content-type": kind}
            with within(SECONDS):
                answer = await client.request(method, path, content=body, headers=headers)
            assert answer.status_code < 500, (method, path, answer.text)
            asked += 1
    assert asked > 60


def test_bodies_are_as_large_as_they_may_be() -> None:
    sizes = {name: len(body) for name, (_, body) in BODIES.items()}
    assert not {name: size for name, size in sizes.items() if size > LARGEST_BODY}
    assert sorted(sizes.values())[len(sizes) // 4] > LARGEST_BODY // 2


SAID = (
    *("-1", "0", "1e9", "nan", "inf", "9" * 30, "9" * 5000, "%C2%B2", "%ED%A0%80", "%FF", "%20", "", "null"),
    *("2026-02-30", "0000-00-00", "9999-12-31T23:59:59", "0001-01-01", "2026-03-02T12:00:00%2B99:99", "[]"),
    *(
        "1_0",
        "0x10",
        "true",
        "%27",
        "%5C",
        "x" * 20_000,
        "%F0%9F%98%80" * 500,
        "1w",
        "999999999w",
        "%25",
        "+",
    ),
)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said[:20])
async def test_no_query_keeps_the_server_busy_or_breaks_it(
    asgi: FastAPI, client: httpx.AsyncClient, school: School, said: str
) -> None:
    asked = 0
    for method, path, names in school.paths(asgi):
        if method == "GET" and path != "/metrics":
            for name in sorted(names):
                with within(SECONDS):
                    answer = await client.get(f"{path}?{name}={said}", headers=school.headers(path))
                assert answer.status_code < 500, (path, name, answer.text)
                asked += 1
    assert asked > 100


async def test_an_address_may_be_so_long_and_no_longer(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/livez?{'x' * 32_000}")).status_code == 200
    for path in ("/livez", "/v1/nobody/users", "/edu/apps/word/v2/rooms/word"):
        assert (await client.get(f"{path}?{'x' * 33_000}")).status_code == 414, path


async def test_what_is_not_signed_takes_no_time_either(client: httpx.AsyncClient, merithub: Any) -> None:
    signed = jws.sign({"iss": merithub.client_id, "more": TEXT}, merithub.client_secret, algorithm="HS256")
    for token in (signed, "Bearer " * 100_000, "a." * 400_000):
        with within(SECONDS):
            path = f"/v1/{merithub.client_id}/users"
            answer = await client.get(path, headers={"authorization": token})
        assert answer.status_code == 401
