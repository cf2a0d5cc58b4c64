"""The ceiling: a bare Starlette server that sends given statements through raw asyncpg, and nothing else.

`python ceiling.py PORT DSN STORY` where STORY is a file that `replaying.py` wrote. `/replay/{name}/{number}`
does what Homeroom did for that request, with fresh ids made from the number; `/bare/{name}` leaves the
database out. Both read the body as JSON where there is one and answer with the same values.
"""

import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

POOL = 20
"""As many connections as Homeroom has."""


@dataclass(frozen=True)
class Step:
    """One round trip: a statement with one row of arguments, with many, or with none."""

    sql: str
    many: list[list[Any]]
    """Each argument, and where it has fresh ids in it (those that no part of the story is without)."""

    async def run(self, connection: Any, number: int, fresh: "Fresh") -> None:
        if len(self.many) > 1:
            await connection.executemany(self.sql, [fresh.of(row, number) for row in self.many])
        elif self.many[0]:
            await connection.fetch(self.sql, *fresh.of(self.many[0], number))
        elif self.sql.rstrip(";") in ("BEGIN", "COMMIT", "ROLLBACK"):
            await connection.execute(self.sql)
        else:
            await connection.fetch(self.sql)


class Fresh:
    """Gives the ids of a story that were made in it other values, the same for the same number."""

    def __init__(self, made: list[str]) -> None:
        self._made = re.compile("|".join(map(re.escape, sorted(made, key=len, reverse=True))) or "(?!)")

    def marked(self, value: Any) -> bool:
        """Whether an argument has such an id in it."""
        if isinstance(value, list):
            return any(self.marked(one) for one in value)
        return isinstance(value, str) and self._made.search(value) is not None

    def of(self, row: list[tuple[Any, bool]], number: int) -> list[Any]:
        """The arguments for a number."""
        prefix = f"{number:06}"

        def fresh(value: Any) -> Any:
            if isinstance(value, list):
                return [fresh(one) for one in value]
            return self._made.sub(lambda found: prefix + found[0][6:], value)

        return [fresh(value) if marked else value for value, marked in row]


async def load(connection: Any, story: dict[str, Any]) -> tuple[dict[str, list[Step]], Fresh]:
    """The steps of each request, their arguments as asyncpg takes them."""
    fresh = Fresh(story["made"])
    steps: dict[str, list[Step]] = {}
    for name, statements in story["statements"].items():
        steps[name] = []
        for sql, rows in statements:
            typed = []
            if rows[0]:
                kinds = (await connection.prepare(sql)).get_parameters()
                typed = [
                    [await _typed(connection, k, v) for k, v in zip(kinds, row, strict=True)] for row in rows
                ]
            many = [[(value, fresh.marked(value)) for value in row] for row in typed] or [[]]
            steps[name].append(Step(sql, many))
    return steps, fresh


async def _typed(connection: Any, kind: Any, text: str | None) -> Any:
    """An argument from the server's log, where it stands as text, as asyncpg takes it."""
    schema = "" if kind.schema == "pg_catalog" else f"{kind.schema}."
    return await connection.fetchval(f"SELECT CAST($1::text AS {schema}{kind.name})", text)


async def no_reset(_: Any) -> None:
    """Asyncpg's own pool sends a statement when a connection comes back; Homeroom's does not."""


def server(dsn: str, story: dict[str, Any]) -> Starlette:
    """The app."""
    answers = story["answers"]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=POOL, max_size=POOL, reset=no_reset) as app.state.pool:
            async with app.state.pool.acquire() as connection:
                app.state.steps, app.state.fresh = await load(connection, story)
            yield

    async def said(request: Request) -> None:
        if await request.body():
            await request.json()

    async def replay(request: Request) -> JSONResponse:
        await said(request)
        name, number, state = request.path_params["name"], request.path_params["number"], request.app.state
        async with state.pool.acquire() as connection:
            for step in state.steps[name]:
                await step.run(connection, number, state.fresh)
        return JSONResponse(answers[name])

    async def bare(request: Request) -> JSONResponse:
        await said(request)
        return JSONResponse(answers[request.path_params["name"]])

    methods = ["GET", "POST", "PUT"]
    routes = [
        Route("/replay/{name}/{number:int}", replay, methods=methods),
        Route("/bare/{name}", bare, methods=methods),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    _, at, address, file = sys.argv
    uvicorn.run(server(address, json.loads(Path(file).read_text())), port=int(at), log_level="warning")
