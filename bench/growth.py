"""How much slower routes and claims are in a large tenant than in a small one, asked in turns.

Both databases lie in memory where there is room: the disk of the moment is not what is measured.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from databases import address_of, execute, fastest_folder
from fastapi.openapi.utils import get_openapi
from filling import fill, model
from report import Row
from routes import SCENARIOS, Scenario, Side
from servers import answering, free_port, running, token
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import create_async_engine

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID, TENANT, ensure_development_tenant
from app.database import Address, migrate
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.merithub import MERITHUB
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain import outbox
from app.domain.alarms import queries as alarms
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Lane
from app.domain.tenants import clock
from app.domain.tenants.tables import Tenant
from app.kit import loops
from app.kit.clock import SystemClock
from app.kit.postgres import EmbeddedPostgres, normalise
from app.kit.work import Works

SIZES = {"small": 100, "large": int(os.environ.get("BENCH_SIZE", "100000"))}
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))
DELETES = 45
WARMING = 5
MOST = 1.5
EACH = 10
"""Events of each class on average; `filling` makes so many."""
DAY = 86_400

Look = Callable[[Works, Side, int], Awaitable[float]]
Timed = Callable[[Side, int], Awaitable[float]]
"""Does something on a side, and says how many milliseconds it took."""


def measured() -> dict[str, Any]:
    """The p50 of each operation in both tenants, in milliseconds, and their ratio."""
    where = fastest_folder()
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-", dir=where) as folder, ExitStack() as servers:
        cluster = EmbeddedPostgres(Path(folder))
        cluster.start()
        servers.callback(cluster.stop)
        sides = [_opened(cluster, name, size, servers) for name, size in SIZES.items()]
        for side in sides:
            # Nobody's pages are still being written when the first request comes.
            asyncio.run(execute(side["dsn"], "CHECKPOINT"))
        return asyncio.run(_measure(sides))


def _opened(cluster: EmbeddedPostgres, name: str, size: int, servers: ExitStack) -> dict[str, Any]:
    """A filled database and a server on it."""
    asyncio.run(execute(cluster.dsn, f"CREATE DATABASE {name}"))
    address, port = address_of(cluster, name), free_port()
    base = f"http://127.0.0.1:{port}"
    migrate(address)
    begun = time.perf_counter()
    made, secret = asyncio.run(filled(address, base, size))
    asyncio.run(execute(address.dsn, "VACUUM ANALYZE"))
    print(f"{size:,} users and {size:,} classes made in {time.perf_counter() - begun:.1f} s.")
    environment = {
        "HOMEROOM_PORT": str(port),
        "HOMEROOM_DATABASE_URL": address.dsn,
        "HOMEROOM_LOG_LEVEL": "warning",
    }
    servers.enter_context(running([sys.executable, "-m", "app.cli", "serve"], environment))
    return {
        "dsn": address.dsn,
        "side": {"name": name, "base": base, "size": size, "model": made, "signing_secret": secret},
    }


async def _delivered(dsn: str) -> None:
    """Waits until the pings of the lessons that were held are sent: they take the same process."""
    connection = await asyncpg.connect(dsn)
    try:
        while await connection.fetchval("SELECT count(*) FROM lanes WHERE due_at IS NOT NULL"):
            await loops.pause(0.5)
    finally:
        await connection.close()


async def filled(address: Address, base: str, size: int) -> tuple[Any, str]:
    """Make a tenant of this size in a migrated database; its model, and the key of its links."""
    engine = create_async_engine(address.url)
    works = Works(engine, SystemClock(), before_commit=teller(DIALECTS, base))
    async with works.begin() as work:
        await ensure_development_tenant(work, base)
    made = await model(works)
    async with engine.begin() as connection:
        await fill(connection, made, size)
        secret = await connection.scalar(select(Tenant.signing_secret).where(Tenant.tenant_id == TENANT))
    await engine.dispose()
    return made, str(secret)


async def _measure(opened: list[dict[str, Any]]) -> dict[str, Any]:
    async with aiohttp.ClientSession() as client:
        sides = []
        for one in opened:
            side = one["side"]
            await answering(client, f"{side['base']}/readyz?wait=30s")
            await _delivered(one["dsn"])
            headers = {"Authorization": await token(client, side["base"]), "x-agora-uid": "bench"}
            seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(SystemClock().now().timestamp()), DAY, 7)
            headers["x-agora-token"] = building.rtm_007(seal, "bench")
            sides.append(Side(headers=headers, **side))
        async with AsyncExitStack() as engines:
            works = {one["side"]["name"]: await _works(engines, one["dsn"]) for one in opened}
            figures = {
                name: await _compare(sides, ROUNDS, _looked_at(works, look)) for name, look in LOOKS.items()
            }
        for name, ask in SCENARIOS.items():
            figures[name] = await _compare(
                sides, DELETES if name.startswith("DELETE") else ROUNDS, _asked(client, ask)
            )
        return figures


async def _works(engines: AsyncExitStack, dsn: str) -> Works:
    engine = create_async_engine(normalise(dsn)[0])
    engines.push_async_callback(engine.dispose)
    return Works(engine, SystemClock())


async def _claimed(works: Works, side: Side, round_: int) -> float:
    """What a claim takes that finds one class with something to be sent; nothing of it stays."""
    with suppress(Undone):
        async with works.begin() as work:
            lane = Lane.lane_key == side.held(round_, side.model.held_id)
            owed = {"done_seq": Lane.done_seq - 1, "due_at": work.wall}
            await work.db.execute(update(Lane).where(Lane.tenant_id == TENANT, lane).values(owed))
            begun = time.perf_counter()
            found = await outbox.claim(work, Room.for_all(64))
            taken = (time.perf_counter() - begun) * 1000
            if len(found) != 1:
                raise SystemExit(f"{len(found)} were claimed, not the one that is due.")
            raise Undone
    return taken


async def _looked(works: Works, _side: Side, _round: int) -> float:
    """What a look for alarms takes when none is due."""
    begun = time.perf_counter()
    async with works.each() as work:
        await alarms.due(work, clock.presents(work.wall))
    return (time.perf_counter() - begun) * 1000


LOOKS: dict[str, Look] = {"claim what is owed": _claimed, "look for what is due": _looked}


def _looked_at(works: dict[str, Works], look: Look) -> Timed:
    return lambda side, round_: look(works[side.name], side, round_)


class Undone(Exception):  # noqa: N818 - no error: a work is rolled back
    """Ends a work that shall leave nothing."""


def _asked(client: aiohttp.ClientSession, ask: Scenario) -> Timed:
    async def timed(side: Side, round_: int) -> float:
        request = ask(side, round_ % 90)
        begun = time.perf_counter()
        await request.of(client, side)
        return (time.perf_counter() - begun) * 1000

    return timed


async def _compare(sides: list[Side], rounds: int, timed: Timed) -> dict[str, float]:
    """Both sides in turns, so that whatever else the machine does strikes both."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    for round_ in range(rounds):
        for side in sides if round_ % 2 else sides[::-1]:
            taken[side.name].append(await timed(side, round_))
    middle = {side: statistics.median(times[WARMING:]) for side, times in taken.items()}
    figures = {f"{side}_p50_ms": round(time_, 2) for side, time_ in middle.items()}
    return figures | {"ratio": round(middle["large"] / middle["small"], 2)}


def unmeasured() -> list[str]:
    """Operations of the dialect for which `routes.py` has no request."""
    described = get_openapi(title="", version="1", routes=MERITHUB.router.routes)["paths"]
    known = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    asked = {name.split(" (")[0].replace(" ", " /v1/{client_id}/", 1) for name in SCENARIOS}
    return sorted(known - asked)


def rows(figures: dict[str, Any]) -> list[Row]:
    """The operation that suffers most."""
    worst, figure = max(figures.items(), key=lambda one: one[1]["ratio"])
    small, large = SIZES.values()
    measure = (
        f"Cost as data grows, {small * EACH:,} → {large * EACH:,} events, {small:,} → {large:,} classes: "
        f"p50 of the worst of {len(figures)} operations"
    )
    return [Row.at_most(measure, worst, figure["ratio"], MOST)]


def table(figures: dict[str, Any]) -> str:
    """The figures for a person; what is over the aim is marked."""
    lines = [f"{'operation':44} {'small ms':>9} {'large ms':>9} {'ratio':>6}"]
    for name, row in figures.items():
        mark = "  over" if row["ratio"] > MOST else ""
        lines.append(
            f"{name:44} {row['small_p50_ms']:9.2f} {row['large_p50_ms']:9.2f} {row['ratio']:6.2f}{mark}"
        )
    lines += [f"{name:44} not measured" for name in unmeasured()]
    return "\n".join(lines)
