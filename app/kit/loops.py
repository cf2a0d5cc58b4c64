"""The only waiting in the code base: loops that wake on a signal, an interval or a stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from app.kit.unreachable import in_a_line, is_unreachable

log = logging.getLogger(__name__)
T = TypeVar("T")

SAID_AGAIN: Final = 60
"""After so many tries a fault that lasts is logged again."""


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
    tick: Callable[[], Awaitable[int]],
    wake: asyncio.Event,
    stop: asyncio.Event,
    interval: float,
    turned: Callable[[], None] = lambda: None,
) -> None:
    """Call `tick` until `stop`: at once again while it finds work, else when woken or after the interval.

    A tick that raises is logged and tried again after the interval: a loop never dies of one bad row.
    `turned` is called after each, whatever became of it.
    """
    trouble = Trouble(interval)
    while not stop.is_set():
        wake.clear()
        try:
            busy = await tick()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged
            trouble.note(error)
            turned()
            await woken(stop, interval)
            continue
        trouble.over()
        turned()
        if not busy:
            await first_of(wake, stop, interval)


class Trouble:
    """What a loop says of ticks that fail: each fault once, and that it lasts, and when it is over."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._fault = ""
        self._failed = 0

    def note(self, error: Exception) -> None:
        """A tick failed. A fault of the program is shown with its place, a database that is away is not."""
        fault, self._failed = in_a_line(error), self._failed + 1
        if fault != self._fault:
            shown = None if is_unreachable(error) else error
            log.error(
                "a background tick failed: %s; it goes on after %s s", fault, self._interval, exc_info=shown
            )
        elif self._failed % SAID_AGAIN == 0:
            log.error("a background tick failed %s times, at last: %s", self._failed, fault)
        self._fault = fault

    def over(self) -> None:
        """A tick did what it should."""
        if self._failed:
            log.warning("a background tick works again; it had failed %s times", self._failed)
        self._fault, self._failed = "", 0


async def first_of(wake: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    """Wait for either event, or for so long."""
    waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
