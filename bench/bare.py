"""How much of a bare route's speed is left when a request schedules a class: both measured in one run."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from typing import Any

import aiohttp
from report import Row
from servers import answering, free_port, running, token

from app.bootstrap import MERITHUB_ID
from app.kit.clock import SystemClock

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "16"))
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def bare(request):
    await request.json()
    return JSONResponse({"ok": True})
app = Starlette(routes=[Route("/", bare, methods=["POST"])])
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


async def rate(
    client: aiohttp.ClientSession, url: str, body: Any, headers: dict[str, str]
) -> dict[str, float]:
    """Requests a second and their latencies, with every client asking as fast as it is answered."""
    latencies: list[float] = []
    end = time.perf_counter() + SECONDS

    async def ask() -> None:
        while (start := time.perf_counter()) < end:
            async with client.post(url, json=body, headers=headers) as answer:
                text = await answer.read()
                if answer.status != 200:  # noqa: PLR2004 - the vendor's only success
                    raise SystemExit(f"{url} answers {answer.status}: {text[:300]!r}")
            latencies.append(time.perf_counter() - start)

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    latencies.sort()
    count = len(latencies)
    return {
        "per_second": round(count / SECONDS, 1),
        "p50_ms": round(latencies[count // 2] * 1000, 2),
        "p99_ms": round(latencies[int(count * 0.99)] * 1000, 2),
    }


async def measure(base: str, bare: str) -> dict[str, Any]:
    """Bare route and schedule-class, in turns."""
    async with aiohttp.ClientSession() as client:
        await answering(client, bare)
        await answering(client, f"{base}/readyz?wait=30s")
        headers = {"Authorization": await token(client, base)}
        teacher = {"name": "Bench", "role": "C", "permission": "CC"}
        async with client.post(f"{base}/v1/{MERITHUB_ID}/users", json=teacher, headers=headers) as answer:
            user = (await answer.json())["userId"]
        tomorrow = SystemClock().now().replace(year=SystemClock().now().year + 1, day=1)
        body = {"title": "Bench", "startTime": tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"), "duration": 60}
        plain = await rate(client, bare, body, {})
        scheduled = await rate(client, f"{base}/v1/{MERITHUB_ID}/{user}", body, headers)
    return {"bare_route": plain, "schedule_class": scheduled}


def measured() -> dict[str, Any]:
    """The figures of both, and their ratio."""
    port, bare_port = free_port(), free_port()
    data = tempfile.mkdtemp(prefix="homeroom-bench-")
    own = {"HOMEROOM_PORT": str(port), "HOMEROOM_DATA_DIR": data, "HOMEROOM_LOG_LEVEL": "warning"}
    try:
        with (
            running([sys.executable, "-m", "app.cli", "serve"], own),
            running([sys.executable, "-c", BARE, str(bare_port)], {}),
        ):
            figures = asyncio.run(measure(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}/"))
    finally:
        shutil.rmtree(data, ignore_errors=True)
    ratio = figures["schedule_class"]["per_second"] / figures["bare_route"]["per_second"]
    return {**figures, "ratio": round(ratio, 4), "clients": CLIENTS, "seconds": SECONDS}


def rows(figures: dict[str, Any]) -> list[Row]:
    """Scheduling against the bare route."""
    rate_ = figures["schedule_class"]["per_second"]
    return [Row("Schedule a class, of a bare route", f"{rate_:.0f}/s", f"{figures['ratio']:.3f}", "", None)]


def table(figures: dict[str, Any]) -> str:
    """Both rates."""
    return f"Scheduling a class: {figures['schedule_class']}, a bare route: {figures['bare_route']}"
