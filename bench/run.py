"""How much of a bare route's speed is left when a request schedules a class: both measured in one run.

Starts the real server on an embedded database of its own in a temporary folder, and a bare Starlette route
under uvicorn; asks both with the same client; writes bench/results.json. Needs an idle machine.
"""

import asyncio
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from jose import jwt

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET
from app.greeting import GRANT
from app.kit import loops
from app.kit.clock import SystemClock

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "16"))
HERE = Path(__file__).resolve().parent
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


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A server process for the time of the block."""
    with subprocess.Popen(  # noqa: S603 - our own programs
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


async def answering(client: aiohttp.ClientSession, url: str) -> None:
    """Waits until a server answers at all."""
    for _ in range(240):
        try:
            async with client.get(url):
                return
        except aiohttp.ClientError:
            await loops.pause(0.25)
    raise SystemExit(f"{url} does not answer.")


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
        assertion = jwt.encode({"iss": MERITHUB_ID}, MERITHUB_SECRET, algorithm="HS256")
        form = {"grant_type": GRANT, "assertion": assertion}
        async with client.post(f"{base}/v1/{MERITHUB_ID}/api/token", data=form) as answer:
            headers = {"Authorization": (await answer.json())["access_token"]}
        teacher = {"name": "Bench", "role": "C", "permission": "CC"}
        async with client.post(f"{base}/v1/{MERITHUB_ID}/users", json=teacher, headers=headers) as answer:
            user = (await answer.json())["userId"]
        tomorrow = SystemClock().now().replace(year=SystemClock().now().year + 1, day=1)
        body = {"title": "Bench", "startTime": tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"), "duration": 60}
        plain = await rate(client, bare, body, {})
        scheduled = await rate(client, f"{base}/v1/{MERITHUB_ID}/{user}", body, headers)
    return {"bare_route": plain, "schedule_class": scheduled}


def main() -> None:
    """Measures, prints, writes."""
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
    results = {
        **figures,
        "ratio": round(ratio, 4),
        "clients": CLIENTS,
        "seconds": SECONDS,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))
    print(f"Scheduling a class runs at {ratio:.1%} of a bare route's requests a second.")


if __name__ == "__main__":
    main()
