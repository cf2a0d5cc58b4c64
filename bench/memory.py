"""Memory of one process, API and background work, after many requests and many deliveries."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import asking
import psutil
from classes import scheduled
from report import Row
from servers import Serving, free_port, homeroom, running, token
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from app.bootstrap import MERITHUB_ID, TENANT
from app.domain import outbox
from app.domain.outbox import Notice, Owed
from app.domain.outbox.tables import Lane, Subscription
from app.kit import loops
from app.kit.bell import Bell
from app.kit.clock import SystemClock
from app.kit.postgres import EmbeddedPostgres
from app.kit.work import Works

COUNT: Final = int(os.environ.get("BENCH_MEMORY", "100000"))
WARMING: Final = COUNT // 10
TOKENS: Final = 300
LANES: Final = 500
BODY: Final = 500
MOST: Final = 1.1
PATIENCE: Final = 600.0
SETTLED: Final = 3.0


@dataclass
class Site:
    """A running server, seen from outside and, for what is owed, from its database."""

    base: str
    process: psutil.Process
    works: Works
    receiver: Subscription
    requests: list[bytes]
    """Of all sorts."""

    @property
    def megabytes(self) -> float:
        """What the process holds."""
        return round(float(self.process.memory_info().rss) / 1e6, 1)


def measured() -> dict[str, Any]:
    """Megabytes after the warming and after all, and how long that took."""
    port = free_port()
    sink = running([sys.executable, "bench/pinged.py", str(port)], {})
    with homeroom({}) as serving, sink:
        return asyncio.run(_measure(serving, f"http://127.0.0.1:{port}/"))


async def _measure(serving: Serving, receiver: str) -> dict[str, Any]:
    database = EmbeddedPostgres(serving.folder)
    engine, bell = create_async_engine(database.url), Bell(database.dsn)
    works = Works(engine, SystemClock(), publish=bell.publish)
    await bell.start()
    try:
        async with works.begin() as work:
            held = await outbox.subscribe(work, TENANT, "merithub", "status", receiver)
        requests = await _requests(serving.base)
        site = Site(serving.base, psutil.Process(serving.pid), works, held, requests)
        await _stress(site, WARMING)
        before, begun = site.megabytes, time.perf_counter()
        await _stress(site, COUNT)
        seconds = time.perf_counter() - begun
        await loops.pause(SETTLED)
        after = site.megabytes
    finally:
        await bell.stop()
        await engine.dispose()
    return {
        "requests": COUNT,
        "deliveries": COUNT,
        "before_mb": before,
        "after_mb": after,
        "ratio": round(after / before, 3),
        "seconds": round(seconds, 1),
    }


async def _requests(base: str) -> list[bytes]:
    """Reads and writes, with many tokens: each is remembered for a while."""
    async with aiohttp.ClientSession() as client:
        tokens = [await token(client, base) for _ in range(TOKENS)]
        made = await scheduled(client, base)
        url = f"{base}/v1/{MERITHUB_ID}/users"
        teacher = {"name": "Bench", "role": "C", "permission": "CC"}
        async with client.post(url, json=teacher, headers={"Authorization": tokens[0]}) as answer:
            user = (await answer.json())["userId"]
    site, class_id = f"/v1/{MERITHUB_ID}", made["classId"]
    start = f"{SystemClock().now().year + 1}-01-15T10:00:00Z"
    plan = {"title": "Bench", "startTime": start, "duration": 60}
    sorts: list[tuple[str, str, Any]] = [
        *[("GET", f"{site}/{user}/status?classId={class_id}", None)] * 8,
        ("GET", f"{site}/{class_id}", None),
        ("POST", f"{site}/{user}", plan),
    ]
    return [
        asking.request(method, path, {"authorization": tokens[number]}, body)
        for number in range(TOKENS)
        for method, path, body in [sorts[number % len(sorts)]]
    ]


async def _stress(site: Site, count: int) -> None:
    """So many requests and so many deliveries, at once."""
    asked = asking.ask(site.base, [site.requests[number % TOKENS] for number in range(count)])
    await asyncio.gather(asked, _deliver(site, count))


async def _deliver(site: Site, count: int) -> None:
    notices = [Notice("classStatus", b'{"requestType": "classStatus"}' + b" " * BODY)] * (count // LANES)
    for lane in range(LANES):
        async with site.works.begin() as work:
            await outbox.owe(work, TENANT, [Owed(site.receiver, f"lane-{lane}", notices)])
    until = time.monotonic() + PATIENCE
    while await _owed(site.works):
        if time.monotonic() > until:
            raise SystemExit("The deliveries take too long.")
        await loops.pause(0.5)


async def _owed(works: Works) -> bool:
    async with works.each() as work:
        waiting = select(Lane.lane_key).where(Lane.tenant_id == TENANT, Lane.due_at.is_not(None)).limit(1)
        return await work.db.scalar(waiting) is not None


def rows(figures: dict[str, Any]) -> list[Row]:
    """What it grew to."""
    done = f"{figures['requests']:,} requests and {figures['deliveries']:,} deliveries"
    grown = f"{figures['before_mb']:.0f} → {figures['after_mb']:.0f} MB"
    return [Row.at_most(f"Memory of one process after {done}", grown, figures["ratio"], MOST)]


def table(figures: dict[str, Any]) -> str:
    """All there is to say."""
    return f"{figures['before_mb']} MB, then {figures['after_mb']} MB after {figures['seconds']} s."
