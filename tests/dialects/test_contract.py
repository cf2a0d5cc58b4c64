"""What every dialect keeps: it says every refusal, decides every event, shares no path with another."""

import json
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib import import_module
from itertools import permutations
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args, get_type_hints

import httpx
import pytest
from common import free_port
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from app.dialects import base, errors
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.base import Broken, Dialect, Facts
from app.dialects.registry import DIALECTS
from app.domain.events import kinds
from app.main import create_app
from app.rules import refusals
from app.settings import Settings

MODULES = [import_module(f"{refusals.__name__}.{one.name}") for one in iter_modules(refusals.__path__)]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILLERS: dict[str, Any] = {
    "retry_after": 60,
    "limit": 10,
    "size": 10,
    "status": 418,
    "following": NOON,
    "until": NOON,
}


def every_refusal() -> list[refusals.Refusal]:
    """One of each kind, with made-up facts."""
    found = []
    for module in (*MODULES, base):
        for kind in vars(module).values():
            own = isinstance(kind, type) and kind.__module__ == module.__name__
            if own and issubclass(kind, refusals.Refusal):
                names = kind.__init__.__code__.co_varnames[1 : kind.__init__.__code__.co_argcount]
                found.append(kind(*(FILLERS.get(name, "fact") for name in names)))
    return found


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda refusal: type(refusal).__name__)
def test_every_refusal_can_be_said(dialect: Dialect, refusal: refusals.Refusal) -> None:
    response = dialect.refuse(refusal, "trace", NOON)
    assert 400 <= response.status_code <= 599
    assert response.body


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda refusal: type(refusal).__name__)
def test_the_fallback_voice_can_say_every_refusal(refusal: refusals.Refusal) -> None:
    response = errors.problem(refusal, "trace", NOON)
    assert response.media_type == "application/problem+json"


def test_every_dialect_claims_its_own_routes(dialect: Dialect) -> None:
    assert paths(dialect)
    for path in paths(dialect):
        assert dialect.owns(path), path


def paths(dialect: Dialect) -> list[str]:
    """The dialect's paths, each parameter filled with a word."""
    return [re.sub(r"{[^}]*}", "word", path) for path, _ in operations(dialect)]


def operations(dialect: Dialect) -> list[tuple[str, str]]:
    """Each (pattern, method) of the dialect, hidden ones too, in the order in which they are tried."""
    return [
        (str(route.path), method)
        for route in iter_route_contexts(dialect.router.routes)
        for method in sorted(route.methods or ())
    ]


def test_no_two_dialects_claim_the_same_path() -> None:
    for one, other in permutations(DIALECTS, 2):
        assert not [path for path in paths(one) if other.owns(path)]


def test_no_operation_is_hidden_behind_an_earlier_one(dialect: Dialect) -> None:
    seen: list[tuple[re.Pattern[str], str, str]] = []
    for path, method in operations(dialect):
        filled = re.sub(r"{[^}]*}", "word", path)
        for pattern, earlier_method, earlier in seen:
            assert not (pattern.match(filled) and method == earlier_method), f"{path} behind {earlier}"
        seen.append((compile_path(path)[0], method, path))


VALUES: dict[Any, Any] = {datetime: NOON, str: "UTC", int: 1, bool: True, str | None: None}


def made_up(kind: type) -> Any:
    """An event of this kind, with made-up facts."""
    return kind(*(VALUES.get(hint, ()) for hint in get_type_hints(kind).values()))


@pytest.mark.parametrize("kind", get_args(kinds.AnyEvent), ids=lambda kind: kind.__name__)
def test_every_event_is_decided(dialect: Dialect, kind: type) -> None:
    notice = dialect.translate(made_up(kind), "classroom", Facts("id", "http://homeroom.test", "secret"))
    assert notice is None or notice.body


@pytest.fixture
async def broken(dialect: Dialect) -> AsyncIterator[httpx.AsyncClient]:
    """An app whose every request breaks, in one dialect and elsewhere."""
    app = FastAPI()
    errors.install(app, [dialect])

    @app.get("/{path:path}")
    def fail(path: str) -> None:
        raise RuntimeError(path)

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://homeroom.test") as client:
        yield client


async def test_our_own_faults_are_said_in_the_dialect_and_tell_nothing(
    dialect: Dialect, broken: httpx.AsyncClient
) -> None:
    path = next(path for path in paths(dialect) if not dialect.shows_page(path))
    answer = await broken.get(path)
    assert answer.status_code == 500
    assert answer.json().keys() == json.loads(bytes(dialect.refuse(Broken(), "trace", NOON).body)).keys()
    assert "RuntimeError" not in answer.text


async def test_elsewhere_our_own_faults_are_problem_details(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/elsewhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 500


@pytest.fixture
async def cut_off(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The whole server, with nothing at its database's address."""
    nowhere = f"127.0.0.1:{free_port()}/homeroom"
    settings = Settings(data_dir=tmp_path, work=False)
    app = create_app(settings, f"postgresql+asyncpg://{nowhere}", f"postgresql://{nowhere}")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


ASKING = {
    "merithub": "/v1/somebody/aClass",
    "agora": f"/edu/apps/{'a' * 32}/v2/rooms/algebra",
    "learncube": "/api/virtual-classroom/classrooms",
}


async def test_without_a_database_callers_are_told_to_come_again(
    dialect: Dialect, cut_off: httpx.AsyncClient
) -> None:
    seal = Seal("a" * 32, "c" * 32, int(time.time()), 600, 7)
    headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    auth = ("public", "private") if dialect.name == "learncube" else None
    answer = await cut_off.get(ASKING[dialect.name], headers=headers, auth=auth)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json().keys() == json.loads(bytes(dialect.refuse(Broken(), "trace", NOON).body)).keys()
    assert "127.0.0.1" not in answer.text
