"""`/livez` (the process does what it is for), `/readyz` (it can serve: database and migrations)."""

from typing import Annotated, NamedTuple

import asyncpg
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from app.admin.problems import problem
from app.kit import loops
from app.kit.unreachable import READ_ONLY, ailment
from app.kit.work import Works

LONGEST_WAIT = 300
LOOK_AGAIN = 0.25
LONGEST_LOOK = 3.0
AILS_FOR = 10.0
"""Seconds for which a process is not ready after the database had no room or memory for what it asked."""

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez(request: Request) -> Response:
    """Answer 200 as long as the process runs, whatever a database of the operator's does.

    Its trouble must restart no process. A server that Homeroom runs itself, and cannot bring back, is its
    own: then the answer is 503.
    """
    trouble: str | None = request.app.state.database_trouble()
    if trouble:
        return _unwell("Not live", trouble)
    return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})


@router.get("/readyz")
async def readyz(request: Request, wait: Annotated[str, Query(pattern=r"^\d{1,3}s?$")] = "0s") -> Response:
    """Answer 200 when requests can be served; with `wait=30s` for so long wait until they can."""
    seconds = min(int(wait.removesuffix("s")), LONGEST_WAIT)
    trouble = await _trouble(request)
    if trouble and seconds:
        trouble = await _patiently(request, seconds)
    if trouble:
        return _unwell("Not ready", trouble)
    return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})


def _unwell(title: str, trouble: str) -> Response:
    answer = problem(503, title, trouble)
    answer.headers["retry-after"] = "1"
    return answer


async def _patiently(request: Request, seconds: int) -> str | None:
    """What still stands in the way after so long, or nothing as soon as nothing does."""
    last = ["The database does not answer."]

    async def look() -> None:
        while last[0]:
            await loops.pause(LOOK_AGAIN)
            last[0] = await _trouble(request) or ""

    try:
        await loops.within(seconds, look())
    except TimeoutError:
        return last[0]
    return None


async def _trouble(request: Request) -> str | None:
    """What stands in the way of serving, in one sentence without addresses or passwords."""
    works: Works = request.app.state.works
    try:
        standing = await loops.within(LONGEST_LOOK, _standing(works))
    except (TimeoutError, OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return ailment(error) or "The database does not answer, or was never migrated."
    wanted: str = request.app.state.head_revision
    if standing.revision != wanted:
        return (
            f"The database is at migration {standing.revision}, this program needs {wanted}: "
            "run `homeroom migrate`."
        )
    if standing.read_only:
        # By another connection it may be otherwise the next time.
        works.doubt()
        return READ_ONLY
    return works.lately_ailing(AILS_FOR)


class Standing(NamedTuple):
    """How the database stands."""

    revision: str | None
    read_only: bool


async def _standing(works: Works) -> Standing:
    async with works.begin() as work:
        revision = await work.db.scalar(text("SELECT version_num FROM alembic_version"))
        read_only = await work.db.scalar(text("SHOW transaction_read_only"))
        return Standing(revision and str(revision), read_only == "on")
