"""The only waiting in the code base: loops that wake on a signal, an interval or a stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


async def pause(seconds: float) -> None:
    """Let time pass; for commands and clients, never for a server's decision."""
    await asyncio.sleep(seconds)


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """Await something for so long at the most; TimeoutError after that."""
    # Cheaper than wait_for, which makes a task of every awaitable: rooms send each frame through here.
    async with asyncio.timeout(seconds):
        return await awaitable


async def woken(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event or for so long; true when it was the event."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def forever(
    tick: Callable[[], Awaitable[int]], wake: asyncio.Event, stop: asyncio.Event, interval: float
) -> None:
    """Call `tick` until `stop`: at once again while it finds work, else when woken or after the interval.

    A tick that raises is logged and tried again after the interval: a loop never dies of one bad row.
    """
    while not stop.is_set():
        wake.clear()
        try:
            busy = await tick()
        except Exception:
            log.exception("a background tick failed; it goes on after %s s", interval)
            await woken(stop, interval)
            continue
        if not busy:
            await first_of(wake, stop, interval)


async def first_of(wake: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    """Wait for either event, or for so long."""
    waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
