"""A large class of which everybody comes at once and leaves at once.

How soon all of them are welcomed, and how soon the attendance is at the customer's server.
"""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from typing import Any

import aiohttp
from classes import PATIENCE, entered, scheduled
from report import Row
from servers import free_port, homeroom
from sockets import Tab

from app.bootstrap import TENANT
from app.kit import loops
from app.settings import DEVELOPMENT_ADMIN_TOKEN

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500"))
ROUNDS = int(os.environ.get("BENCH_PEOPLE_ROUNDS", "1"))
MOST_SECONDS = 2.0
MOST_WAITING = 5.0
SETTLED = 1.0
"""Seconds until all have heard of the last who came, when the host has."""
BEAT = 5.0
WAYS = {
    "closed": "all close their sockets, the host ends the class",
    "ended": "the host ends the class, all are sent out",
}


@dataclass
class Site:
    """A running server, and what reaches its customer."""

    base: str
    client: aiohttp.ClientSession
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
    with homeroom({}) as serving:
        return asyncio.run(_measure(serving.base))


async def _measure(base: str) -> dict[str, Any]:
    port = free_port()
    sink = await asyncio.create_subprocess_exec(
        sys.executable, "bench/pinged.py", str(port), stdout=PIPE, limit=2**24
    )
    try:
        async with aiohttp.ClientSession() as client:
            await _subscribe(client, base, port)
            site = Site(base, client, sink)
            taken: dict[str, list[float]] = {way: [] for way in WAYS}
            came: list[float] = []
            for _ in range(ROUNDS):
                for way, found in taken.items():
                    coming, going = await _lesson(site, way)
                    came.append(coming)
                    found.append(going)
    finally:
        sink.kill()
        await sink.wait()
    return {"people": PEOPLE, "coming": came, "seconds": taken}


async def _subscribe(client: aiohttp.ClientSession, base: str, port: int) -> None:
    admin = {"authorization": f"Bearer {DEVELOPMENT_ADMIN_TOKEN}"}
    body = {"merithub": {"ping_url": f"http://127.0.0.1:{port}/pings"}}
    async with client.patch(f"{base}/_/admin/v1/tenants/{TENANT}", json=body, headers=admin) as answer:
        answer.raise_for_status()


async def _lesson(site: Site, way: str) -> tuple[float, float]:
    """A class with everybody in it: seconds until all are welcomed, and from its end until it is told."""
    made = await scheduled(site.client, site.base)
    link = made["commonLinks"]["commonParticipantLink"]
    host = await entered(site.base, made["hostLink"], "host")
    host.send("start")
    await site.told("classStatus")
    people = [host]
    beating = asyncio.create_task(_beat(people))

    async def come(number: int) -> None:
        people.append(await entered(site.base, link, f"tab {number}"))

    begun = time.monotonic()
    await asyncio.gather(*(come(number) for number in range(1, PEOPLE)))
    coming = time.monotonic() - begun
    while host.frames < PEOPLE:
        await loops.pause(0.1)
    await loops.pause(SETTLED)
    beating.cancel()
    if way == "closed":
        for guest in people[1:]:
            guest.leave()
    left = time.monotonic()
    host.send("end")
    at, ping = await site.told("attendance")
    await asyncio.gather(*(one.closed for one in people))
    if len(ping["attendance"]) != PEOPLE:
        raise SystemExit(f"The attendance has {len(ping['attendance'])} people, not {PEOPLE}.")
    return coming, at - left


async def _beat(people: list[Tab]) -> None:
    """Signs of life, as pages send them."""
    while True:
        await loops.pause(BEAT)
        for one in people:
            one.send("beat")


def rows(figures: dict[str, Any]) -> list[Row]:
    """The slowest round of the slower way is what counts."""
    slowest = {way: max(times) for way, times in figures["seconds"].items()}
    coming = max(figures["coming"])
    return [
        Row(
            f"One class into which {figures['people']} people come at once: all are welcomed",
            f"{coming:.1f} s",
            "",
            f"within {MOST_WAITING:g} s",
            coming <= MOST_WAITING,
        ),
        Row(
            f"One class with {figures['people']} people leaving at once: attendance pinged",
            f"{max(slowest.values()):.2f} s",
            "",
            f"within {MOST_SECONDS:g} s",
            max(slowest.values()) <= MOST_SECONDS,
        ),
    ]


def table(figures: dict[str, Any]) -> str:
    """Every round of each way."""
    ways = {"all come at once": figures["coming"]} | {
        WAYS[way]: times for way, times in figures["seconds"].items()
    }
    return "\n".join(f"{way}: {', '.join(f'{one:.2f} s' for one in times)}" for way, times in ways.items())
