"""A port on which `homeroom work` tells a supervisor that it lives, and Prometheus how its loops turn."""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

LONGEST: Final = 600.0
"""Seconds in which a loop whose ticks are short has to have turned; their statements end long before."""


@dataclass
class Pulse:
    """When each loop turned last, well or not: a database that is away stops no loop."""

    timer: Callable[[], float] = monotonic
    turned_at: dict[str, float] = field(default_factory=dict)
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    bounded: frozenset[str] = frozenset()
    """The loops whose ticks are short; a film or a sweep of everything may take hours."""

    def turning(self, loop: str) -> Callable[[], None]:
        """What a loop calls after each tick."""
        self.turned_at[loop] = self.timer()

        def turned() -> None:
            self.turned_at[loop] = self.timer()

        return turned

    def ages(self) -> dict[str, float]:
        """Seconds since each loop turned."""
        now = self.timer()
        return {loop: round(now - at, 3) for loop, at in self.turned_at.items()}

    def trouble(self) -> str | None:
        """Which loop does not turn any more, in a sentence."""
        for loop, task in self.tasks.items():
            if task.done():
                return f"The loop {loop} has ended."
        for loop, age in self.ages().items():
            if loop in self.bounded and age > LONGEST:
                return f"The loop {loop} has not turned for {age:.0f} s."
        return None


@contextlib.asynccontextmanager
async def telling(pulse: Pulse, host: str, port: int | None, token: str | None) -> AsyncIterator[None]:
    """Answer `/livez` and `/metrics` at the port while the block lasts; nothing without a port."""
    if port is None:
        yield
        return
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    ages = Gauge(
        "homeroom_loop_seconds_since_tick",
        "Seconds since each loop of the background work turned.",
        ("loop",),
        registry=registry,
    )

    async def livez(_: web.Request) -> web.Response:
        trouble = pulse.trouble()
        loops = {loop: {"seconds_since_tick": age} for loop, age in pulse.ages().items()}
        if trouble is not None:
            return web.json_response({"status": "not live", "detail": trouble, "loops": loops}, status=503)
        return web.json_response({"status": "live", "loops": loops}, headers={"cache-control": "no-store"})

    async def metrics(request: web.Request) -> web.Response:
        shown = request.headers.get("authorization", "").encode()
        if token is not None and not hmac.compare_digest(shown, f"Bearer {token}".encode()):
            return web.Response(status=401, headers={"www-authenticate": "Bearer"})
        for loop, age in pulse.ages().items():
            ages.labels(loop).set(age)
        return web.Response(
            body=generate_latest(registry), headers={"content-type": "text/plain; version=0.0.4"}
        )

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
