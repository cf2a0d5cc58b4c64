"""The short way gives the answers of FastAPI's own, and leaves to it whatever is out of the ordinary."""

# ruff: noqa: FAST003 - which values of the path an endpoint takes is what is tested

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.kit.express import WAY, Server
from app.kit.web import LARGEST_BODY, BodyLimit, RequestId, WorkDep
from app.kit.work import Works


class Draft(BaseModel):
    name: str
    size: int = 1


router = APIRouter(prefix="/things")


async def named(request: Request, work: WorkDep, owner: str) -> str:
    """Found out by a function, which itself needs the work and a value of the path."""
    del work
    return f"{owner} by {request.scope['path_params']['owner']}"


Named = Annotated[str, Depends(named, scope="function")]


def way(request: Request) -> str:
    return "short" if request.scope.get(WAY) else "long"


@router.get("/{owner}/fixed")
async def fixed(request: Request, work: WorkDep) -> dict[str, Any]:
    """Stands before what would fit too."""
    del work
    return {"way": way(request), "fixed": True}


@router.get("/{owner}/{thing}")
async def read(
    request: Request, work: WorkDep, name: Named, thing: int, more: Annotated[int, Query(alias="m")] = 5
) -> dict[str, Any]:
    """Values of path and query."""
    del work
    return {"way": way(request), "name": name, "thing": thing, "more": more}


@router.post("/{owner}")
async def write(request: Request, work: WorkDep, owner: str, draft: Draft) -> dict[str, Any]:
    """A body."""
    del work
    return {"way": way(request), "owner": owner, "draft": draft.model_dump()}


@router.post("/{owner}/made", status_code=201)
async def made(request: Request, work: WorkDep) -> dict[str, str]:
    """Answers with another status, of which only FastAPI knows."""
    del work
    return {"way": way(request)}


@router.get("/")
async def idle(request: Request) -> dict[str, str]:
    """Needs no work."""
    return {"way": way(request)}


@router.get("/{owner}/{thing}/raw")
async def raw(request: Request, work: WorkDep) -> Response:
    """Answers with a response of its own."""
    del work
    return Response(way(request), 418)


@router.get("/{owner}/{thing}/wrong")
async def wrong(work: WorkDep) -> dict[str, int]:
    """Answers what it does not promise."""
    del work
    return {"number": "none"}  # type: ignore[dict-item]


@router.get("/{owner}/{thing}/refused")
async def refused(work: WorkDep) -> dict[str, int]:
    """Writes, and then refuses."""
    await work.db.execute(text("CREATE TABLE left_behind ()"))
    raise HTTPException(403, "No")


@pytest.fixture
def noted() -> list[tuple[str, str, int]]:
    """What the short way told of its answers."""
    return []


@pytest.fixture
async def asked(works: Works, noted: list[tuple[str, str, int]]) -> AsyncIterator[httpx.AsyncClient]:
    def note(method: str, route: str, status: int, _seconds: float) -> None:
        noted.append((method, route, status))

    app = Server(settled=lambda scope: (b"x-odd", b"yes") not in scope["headers"], noted=note)
    app.state.works = works
    app.include_router(router)
    app.add_middleware(BodyLimit, limit=LARGEST_BODY)
    app.add_middleware(RequestId)

    async def malformed(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return JSONResponse([one["loc"] for one in error.errors()], 400)

    app.add_exception_handler(RequestValidationError, malformed)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ada/7", {"way": "short", "name": "ada by ada", "thing": 7, "more": 5}),
        ("ada/7?m=6&n=1", {"way": "short", "name": "ada by ada", "thing": 7, "more": 6}),
        ("a%20b/7", {"way": "short", "name": "a b by a b", "thing": 7, "more": 5}),
        ("ada/fixed", {"way": "short", "fixed": True}),
        ("", {"way": "long"}),
    ],
)
async def test_values_of_path_and_query(asked: httpx.AsyncClient, path: str, said: Any) -> None:
    answer = await asked.get(f"/things/{path}")
    assert (answer.status_code, answer.json()) == (200, said)


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "ada/seven", 400, '[["path","thing"]]'),
        ("GET", "ada/7?m=many", 400, '[["query","m"]]'),
        ("PUT", "ada", 405, '{"detail":"Method Not Allowed"}'),
        ("GET", "ada/7/none", 404, '{"detail":"Not Found"}'),
        ("GET", "ada/7/raw", 418, "short"),
        ("POST", "ada/made", 201, '{"way":"long"}'),
        ("GET", "ada/7/wrong", 500, "Internal Server Error"),
        ("GET", "ada/7/refused", 403, '{"detail":"No"}'),
    ],
)
async def test_what_is_out_of_the_ordinary(
    asked: httpx.AsyncClient, method: str, path: str, status: int, said: str
) -> None:
    answer = await asked.request(method, f"/things/{path}")
    assert (answer.status_code, answer.text) == (status, said)


async def test_what_is_refused_leaves_nothing(asked: httpx.AsyncClient, works: Works) -> None:
    await asked.get("/things/ada/7/refused")
    async with works.begin() as work:
        assert await work.db.scalar(text("SELECT to_regclass('left_behind')")) is None


async def test_a_request_that_the_layers_would_change_goes_through_them(asked: httpx.AsyncClient) -> None:
    answer = await asked.get("/things/ada/fixed", headers={"x-odd": "yes"})
    assert answer.json() == {"way": "long", "fixed": True}


async def test_each_answer_has_an_id_and_is_noted(
    asked: httpx.AsyncClient, noted: list[tuple[str, str, int]]
) -> None:
    answers = [await asked.get(f"/things/ada/7{rest}") for rest in ("", "/raw", "/refused", "/none")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    assert noted == [
        ("GET", "/things/{owner}/{thing}", 200),
        ("GET", "/things/{owner}/{thing}/raw", 418),
    ]


TOO_LARGE = f"The body is larger than {LARGEST_BODY} bytes."
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b'{"name": "x"}', JSON, 200, {"way": "short", "owner": "ada", "draft": {"name": "x", "size": 1}}),
        (
            b'{"name": "x"}',
            {"content-type": "Application/JSON; charset=utf-8"},
            200,
            {"way": "short", "owner": "ada", "draft": {"name": "x", "size": 1}},
        ),
        (
            b'{"name": "x"}',
            {"content-type": "application/geo+json"},
            200,
            {"way": "long", "owner": "ada", "draft": {"name": "x", "size": 1}},
        ),
        (b'{"name": "x"}', {}, 400, [["body"]]),
        (b'{"name": "x", "size": "y"}', JSON, 400, [["body", "size"]]),
        (b'{"name":', JSON, 400, [["body", 8]]),
        (b"null", JSON, 400, [["body"]]),
        (b"", JSON, 400, [["body"]]),
        (b'"' + b"x" * LARGEST_BODY + b'"', JSON, 413, {"detail": TOO_LARGE}),
    ],
)
async def test_a_body(
    asked: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, said: Any
) -> None:
    answer = await asked.post("/things/ada", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (status, said)
