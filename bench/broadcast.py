"""Frames a second that a room hands out, against a bare broadcast that writes nothing down.

Everybody in a class says something as often as the room lets one person, and hears what all say. The
ceiling is a server of the same make whose socket passes each message on to all.
"""

import asyncio
import os
import sys
import time
from typing import Any, Final

import aiohttp
from classes import entered, scheduled
from report import Row
from servers import answering, free_port, homeroom, running
from sockets import Tab

from app.kit import loops

PEOPLE: Final = int(os.environ.get("BENCH_ROOM", "100"))
EACH: Final = 4
"""Messages of each person in a round; a room takes up to ten at once."""
ROUNDS: Final = 3
PACE_SECONDS: Final = 5.0
BARE: Final = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect
there = set()
async def room(socket):
    await socket.accept()
    there.add(socket)
    try:
        while True:
            said = await socket.receive_text()
            for one in tuple(there):
                await one.send_text(said)
    except WebSocketDisconnect:
        pass
    finally:
        there.discard(socket)
uvicorn.run(Starlette(routes=[WebSocketRoute("/", room)]), port=int(sys.argv[1]), log_level="warning")
"""


async def _rate(people: list[Tab]) -> float:
    """Frames a second until everybody has heard what everybody said."""
    before, wanted = [one.frames for one in people], len(people) * EACH
    begun = time.perf_counter()
    for number in range(EACH):
        for place, one in enumerate(people):
            one.send("say", text=f"Sentence {number} of person {place}, as long as a usual one in a chat.")
        await loops.pause(0)
    while any(one.frames - heard < wanted for one, heard in zip(people, before, strict=True)):
        if any(one.closed.done() for one in people):
            raise SystemExit(f"The server closed sockets: {sorted({one.code for one in people})}.")
        await loops.pause(0.01)
    return wanted * len(people) / (time.perf_counter() - begun)


def measured() -> dict[str, Any]:
    """Frames a second of both, in turns."""
    port = free_port()
    with homeroom({}) as serving, running([sys.executable, "-c", BARE, str(port)], {}):
        return asyncio.run(_measure(serving.base, port))


async def _measure(base: str, port: int) -> dict[str, Any]:
    async with aiohttp.ClientSession() as client:
        await answering(client, f"http://127.0.0.1:{port}/")
        made = await scheduled(client, base)
    link = made["commonLinks"]["commonParticipantLink"]
    ours = [await entered(base, link, f"tab {number}") for number in range(PEOPLE)]
    bare = [await Tab.open("127.0.0.1", port, "/") for _ in range(PEOPLE)]
    found: dict[str, list[float]] = {"room": [], "bare": []}
    for _ in range(ROUNDS):
        await loops.pause(PACE_SECONDS)
        found["bare"].append(await _rate(bare))
        found["room"].append(await _rate(ours))
    best = {name: max(rates) for name, rates in found.items()}
    return {"people": PEOPLE, "frames_per_second": found, "ratio": round(best["room"] / best["bare"], 3)}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The best rounds of both."""
    rate = max(figures["frames_per_second"]["room"])
    measure = f"Chat of {figures['people']} people, each hears all, of a bare websocket broadcast"
    return [Row(measure, f"{rate:,.0f} frames/s", f"{figures['ratio']:.2f}", "", None)]


def table(figures: dict[str, Any]) -> str:
    """Every round."""
    return "\n".join(
        f"{name}: {', '.join(f'{one:,.0f}' for one in rates)} frames a second"
        for name, rates in figures["frames_per_second"].items()
    )
