"""The short way gives the answers of FastAPI's own, and leaves to it whatever is out of the ordinary."""

# ruff: noqa: FAST003 - which values of the path an endpoint takes is what is tested

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.kit.express import WAY, Express
from app.kit.web import BodyLimit, WorkDep
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


@pytest.fixture
async def asked(works: Works) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.works = works
    app.include_router(router)
    app.router.routes.insert(0, Express(app.router))
    app.add_middleware(BodyLimit, limit=100)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return JSONResponse([one["loc"] for one in error.errors()], 400)

    app.add_exception_handler(RequestValidationError, refused)
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
    ("method", "path", "status", "text"),
    [
        ("GET", "ada/seven", 400, '[["path","thing"]]'),
        ("GET", "ada/7?m=many", 400, '[["query","m"]]'),
        ("PUT", "ada", 405, '{"detail":"Method Not Allowed"}'),
        ("GET", "ada/7/none", 404, '{"detail":"Not Found"}'),
        ("GET", "ada/7/raw", 418, "short"),
        ("POST", "ada/made", 201, '{"way":"long"}'),
        ("GET", "ada/7/wrong", 500, "Internal Server Error"),
    ],
)
async def test_what_is_out_of_the_ordinary(
    asked: httpx.AsyncClient, method: str, path: str, status: int, text: str
) -> None:
    answer = await asked.request(method, f"/things/{path}")
    assert (answer.status_code, answer.text) == (status, text)


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
        (b'"' + b"x" * 100 + b'"', JSON, 413, {"detail": "The body is larger than 100 bytes."}),
    ],
)
async def test_a_body(
    asked: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, said: Any
) -> None:
    answer = await asked.post("/things/ada", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (status, said)
