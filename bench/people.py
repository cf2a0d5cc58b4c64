"""How soon the attendance is at the customer's server when everybody of a large class leaves at once."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
from report import Row
from servers import free_port, homeroom, token

from app.bootstrap import MERITHUB_ID, TENANT
from app.kit import loops
from app.kit.clock import SystemClock
from app.settings import DEVELOPMENT_ADMIN_TOKEN

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500"))
ROUNDS = int(os.environ.get("BENCH_PEOPLE_ROUNDS", "3"))
MOST_SECONDS = 2.0
PATIENCE = 60.0
SETTLED = 3.0
"""Seconds until all have heard of the last who came."""
BEAT = 5.0
AT_ONCE = 25
"""So many come in at once: the clients share the machine with the server."""
WAYS = {
    "closed": "all close their sockets, the host ends the class",
    "ended": "the host ends the class, all are sent out",
}


@dataclass
class Site:
    """A running server, and what reaches its customer."""

    base: str
    client: aiohttp.ClientSession
    headers: dict[str, str]
    sink: Process

    async def told(self, kind: str) -> tuple[float, dict[str, Any]]:
        """The next ping of a kind: when its first byte came, and its body."""
        assert self.sink.stdout is not None  # noqa: S101 - it is a pipe
        while True:
            at, body = json.loads(await loops.within(PATIENCE, self.sink.stdout.readline()))
            ping = json.loads(body)
            if ping["requestType"] == kind:
                return at, ping


def measured() -> dict[str, Any]:
    """Seconds from the last one's leaving to the ping's first byte, for each way of leaving."""
    with homeroom({}) as base:
        return asyncio.run(_measure(base))


async def _measure(base: str) -> dict[str, Any]:
    port = free_port()
    sink = await asyncio.create_subprocess_exec(
        sys.executable, "bench/sink.py", str(port), stdout=PIPE, limit=2**24
    )
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            headers = {"Authorization": await token(client, base)}
            await _subscribe(client, base, port)
            site = Site(base, client, headers, sink)
            taken: dict[str, list[float]] = {way: [] for way in WAYS}
            for _ in range(ROUNDS):
                for way, found in taken.items():
                    found.append(await _lesson(site, way))
    finally:
        sink.kill()
        await sink.wait()
    return {"people": PEOPLE, "seconds": taken}


async def _subscribe(client: aiohttp.ClientSession, base: str, port: int) -> None:
    admin = {"authorization": f"Bearer {DEVELOPMENT_ADMIN_TOKEN}"}
    body = {"merithub": {"ping_url": f"http://127.0.0.1:{port}/pings"}}
    async with client.patch(f"{base}/_/admin/v1/tenants/{TENANT}", json=body, headers=admin) as answer:
        answer.raise_for_status()


async def _lesson(site: Site, way: str) -> float:
    """A class with everybody in it, from its start until its attendance is told."""
    made = await _scheduled(site)
    async with AsyncExitStack() as doors:
        host = await _enter(site, doors, made["hostLink"], "host")
        await host.send_json({"type": "start"})
        await site.told("classStatus")
        people = [host]
        beating = asyncio.create_task(_beat(people))
        # They hear one another come in; a socket that nobody reads would be one that is too slow.
        hearing = [asyncio.create_task(_hear(host))]
        gate = asyncio.Semaphore(AT_ONCE)

        async def come(number: int) -> None:
            async with gate:
                link = made["commonLinks"]["commonParticipantLink"]
                guest = await _enter(site, doors, link, f"tab {number}")
            people.append(guest)
            hearing.append(asyncio.create_task(_hear(guest)))

        await asyncio.gather(*(come(number) for number in range(1, PEOPLE)))
        await loops.pause(SETTLED)
        left = time.monotonic()
        if way == "closed":
            await asyncio.gather(*(guest.close() for guest in people[1:]))
            left = time.monotonic()
        await host.send_json({"type": "end"})
        at, ping = await site.told("attendance")
        beating.cancel()
        await asyncio.gather(*hearing)
    if len(ping["attendance"]) != PEOPLE:
        raise SystemExit(f"The attendance has {len(ping['attendance'])} people, not {PEOPLE}.")
    return at - left


async def _scheduled(site: Site) -> Any:
    base = f"{site.base}/v1/{MERITHUB_ID}"
    teacher = {"name": "Bench", "role": "C", "permission": "CC"}
    async with site.client.post(f"{base}/users", json=teacher, headers=site.headers) as answer:
        user = (await answer.json())["userId"]
    begins = SystemClock().now().replace(year=SystemClock().now().year + 1, day=1)
    plan = {"title": "Bench", "startTime": begins.isoformat(), "duration": 60}
    async with site.client.post(f"{base}/{user}", json=plan, headers=site.headers) as answer:
        return await answer.json()


async def _beat(people: list[aiohttp.ClientWebSocketResponse]) -> None:
    """Signs of life, as pages send them."""
    while True:
        await loops.pause(BEAT)
        for one in people:
            if not one.closed:
                await one.send_json({"type": "beat"})


async def _enter(site: Site, doors: AsyncExitStack, link: str, tab: str) -> aiohttp.ClientWebSocketResponse:
    address = f"{site.base}/_/room/{TENANT}/{link}/socket"
    socket = await doors.enter_async_context(site.client.ws_connect(address, max_msg_size=0))
    await socket.send_json({"type": "hello", "v": 1, "tab": tab, "name": f"Person of {tab}"})
    while (said := await socket.receive_json())["type"] != "welcome":
        if said["type"] == "refused":
            raise SystemExit(f"{tab} is not let in: {said}")
    return socket


async def _hear(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


def rows(figures: dict[str, Any]) -> list[Row]:
    """The slowest round of the slower way is what counts."""
    slowest = {way: max(times) for way, times in figures["seconds"].items()}
    return [
        Row(
            f"One class with {figures['people']} people leaving at once: attendance pinged",
            f"{max(slowest.values()):.2f} s",
            "",
            f"within {MOST_SECONDS:g} s",
            max(slowest.values()) <= MOST_SECONDS,
        )
    ]


def table(figures: dict[str, Any]) -> str:
    """Every round of each way."""
    return "\n".join(
        f"{WAYS[way]}: {', '.join(f'{one:.2f} s' for one in times)}"
        for way, times in figures["seconds"].items()
    )
