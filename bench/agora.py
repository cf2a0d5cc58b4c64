"""How much of what the database alone could do is left for Agora's programs: state changes, and polling.

The ceiling is a bare server in the same run: a route that writes one row and commits, one that reads some.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from report import Row
from servers import answering, free_port, running

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.kit.clock import SystemClock
from app.kit.postgres import EmbeddedPostgres

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "16"))
DAY = 86_400
ADMIN = "bench-admin-token-of-this-run-only"
BARE = """
import sys, asyncpg, uvicorn
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
MAKE = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, body text)"
@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(sys.argv[2], max_size=10) as app.state.pool:
        await app.state.pool.execute(MAKE)
        yield
async def write(request):
    await request.app.state.pool.execute("INSERT INTO bare (body) VALUES ($1)", "x" * 100)
    return JSONResponse({"ok": True})
async def read(request):
    rows = await request.app.state.pool.fetch("SELECT id, body FROM bare ORDER BY id LIMIT 3")
    return JSONResponse([dict(row) for row in rows])
routes = [Route("/write", write, methods=["PUT"]), Route("/read", read)]
uvicorn.run(Starlette(routes=routes, lifespan=lifespan), port=int(sys.argv[1]), log_level="warning")
"""

Call = tuple[str, str, Any]


async def rate(client: aiohttp.ClientSession, calls: Iterator[Call]) -> float:
    """Calls a second, with every client asking as fast as it is answered, until the time or the calls end."""
    start, done = time.perf_counter(), 0

    async def ask() -> None:
        nonlocal done
        for method, url, body in calls:
            async with client.request(method, url, json=body) as answer:
                text = await answer.read()
                if answer.status != 200:  # noqa: PLR2004 - the vendor's only success
                    raise SystemExit(f"{url} answers {answer.status}: {text[:300]!r}")
            done += 1
            if time.perf_counter() - start >= SECONDS:
                return

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return done / (time.perf_counter() - start)


def endless(make: Callable[[int], Call]) -> Iterator[Call]:
    """One call after the other."""
    return map(make, count())


async def drained(client: aiohttp.ClientSession, url: str) -> float:
    """Events a second that one poller is given, until there are no more."""
    start, events = time.perf_counter(), 0
    while True:
        async with client.get(url) as answer:
            found = len((await answer.json())["data"])
        events += found
        if not found:
            return events / (time.perf_counter() - start)


async def app(client: aiohttp.ClientSession, base: str) -> str:
    """A fresh app, to which nothing else is subscribed; the client shows its token from now on."""
    admin = {"authorization": f"Bearer {ADMIN}"}
    async with client.post(f"{base}/_/admin/v1/tenants", json={"name": "Bench"}, headers=admin) as answer:
        made = (await answer.json())["credentials"]["agora"]
    now = int(SystemClock().now().timestamp())
    token = building.rtm_007(Seal(made["app_id"], made["app_certificate"], now, DAY, 7), "bench")
    client.headers.update({"x-agora-token": token, "x-agora-uid": "bench"})
    return str(made["app_id"])


async def measure(base: str, bare: str) -> dict[str, float]:
    """The ceiling and Homeroom, in turns."""
    room = {"roomName": "Bench", "roomType": 4}
    async with aiohttp.ClientSession() as client:
        await answering(client, f"{bare}/read")
        await answering(client, f"{base}/readyz?wait=30s")
        app_id = await app(client, base)
        rooms, polling = f"{base}/edu/apps/{app_id}/v2/rooms", f"{base}/edu/polling/apps/{app_id}/v2/rooms"
        made = count()
        found = {
            "bare_write": await rate(client, endless(lambda _: ("PUT", f"{bare}/write", None))),
            "create_room": await rate(client, endless(lambda _: ("POST", f"{rooms}/r{next(made)}", room))),
        }
        # All are started, then all ended, then all closed: no two clients meet in one room.
        steps = ((name, state) for state in (1, 2, 3) for name in range(next(made)))
        changes: Iterator[Call] = (("PUT", f"{rooms}/r{name}/states/{state}", None) for name, state in steps)
        found["change_state"] = await rate(client, changes)
        found["events_drained"] = await drained(client, f"{polling}/sequences")
        found["bare_read"] = await rate(client, endless(lambda _: ("GET", f"{bare}/read", None)))
        found["poll_all"] = await rate(client, endless(lambda _: ("GET", f"{polling}/sequences", None)))
        one = f"{rooms}/r0/sequences?nextId=1"
        found["poll_room"] = await rate(client, endless(lambda _: ("GET", one, None)))
    return found


def measured() -> dict[str, Any]:
    """The figures, calls (or events) a second, and what part of the ceiling each is."""
    port, bare_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-") as folder:
        database = EmbeddedPostgres(Path(folder) / "database")
        database.start()
        own = {
            "HOMEROOM_PORT": str(port),
            "HOMEROOM_DATA_DIR": folder,
            "HOMEROOM_DATABASE_URL": database.dsn,
            "HOMEROOM_LOG_LEVEL": "warning",
            "HOMEROOM_ADMIN_TOKEN": ADMIN,
        }
        try:
            with (
                running([sys.executable, "-m", "app.cli", "serve"], own),
                running([sys.executable, "-c", BARE, str(bare_port), database.dsn], {}),
            ):
                found = asyncio.run(measure(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}"))
        finally:
            database.stop()
    figures: dict[str, Any] = {name: round(value, 1) for name, value in found.items()}
    for ceiling, names in (
        ("bare_write", ("create_room", "change_state")),
        ("bare_read", ("poll_all", "poll_room")),
    ):
        figures |= {f"{name}_ratio": round(found[name] / found[ceiling], 4) for name in names}
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures as lines of text."""
    return "\n".join(f"Agora, {name}: {value}" for name, value in figures.items())


def rows(figures: dict[str, Any]) -> list[Row]:
    """Each against its ceiling."""
    return [
        Row(f"Agora, {name}", f"{figures[name]:.0f}/s", f"{figures[f'{name}_ratio']:.3f}", "", None)
        for name in ("create_room", "change_state", "poll_all", "poll_room")
    ]
