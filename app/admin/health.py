"""`/livez` (the process runs), `/readyz` (it can serve: database and migrations) and nothing else."""

from typing import Annotated

import asyncpg
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from app.admin.problems import problem
from app.kit import loops
from app.kit.work import Works

LONGEST_WAIT = 300
LOOK_AGAIN = 0.25
LONGEST_LOOK = 3.0

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Answer as long as the process runs, whatever the database does: its trouble must restart no process."""
    return {"status": "live"}


@router.get("/readyz")
async def readyz(request: Request, wait: Annotated[str, Query(pattern=r"^\d{1,3}s?$")] = "0s") -> Response:
    """Answer 200 when requests can be served; with `wait=30s` for so long wait until they can."""
    seconds = min(int(wait.removesuffix("s")), LONGEST_WAIT)
    trouble = await _trouble(request)
    if trouble and seconds:
        trouble = await _patiently(request, seconds)
    if trouble:
        answer = problem(503, "Not ready", trouble)
        answer.headers["retry-after"] = "1"
        return answer
    return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})


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
    try:
        revision = await loops.within(LONGEST_LOOK, _revision(request.app.state.works))
    except (TimeoutError, OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "The database does not answer, or was never migrated."
    wanted: str = request.app.state.head_revision
    if revision != wanted:
        return (
            f"The database is at migration {revision}, this program needs {wanted}: run `homeroom migrate`."
        )
    return None


async def _revision(works: Works) -> str | None:
    async with works.begin() as work:
        found = await work.db.scalar(text("SELECT version_num FROM alembic_version"))
        return str(found) if found is not None else None
