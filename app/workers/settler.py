"""Writes down what was taken: all that came while the last was written, in one statement."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from app.domain import outbox
from app.domain.outbox import Claimed, Taken, Written
from app.kit import loops
from app.kit.unreachable import is_unreachable
from app.kit.work import Works

TOGETHER_SECONDS: Final = 0.002
"""How long the first waits for others: short beside the commit that follows."""
MOST: Final = 500
AGAIN_SECONDS: Final = 0.25
TRIES: Final = 80
"""While the database is away: together less than a lease lasts."""

log = logging.getLogger(__name__)
R = TypeVar("R")


@dataclass(slots=True)
class Waiting:
    """A message to be written down, and who waits for that."""

    taken: Taken
    written: "asyncio.Future[Written | None]"

    def tell(self, became: Written | None) -> None:
        """Let it go on, unless it was cancelled meanwhile."""
        if not self.written.done():
            self.written.set_result(became)

    def fail(self, error: Exception) -> None:
        """Let it fail of this."""
        if not self.written.done():
            self.written.set_exception(error)


class Settler:
    """Gathers what was taken, and writes it in batches, one after the other."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def settle(self, taken: Taken) -> Written | None:
        """Return when it is committed; None when it has to be settled by itself."""
        one = Waiting(taken, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await one.written

    async def _write(self) -> None:
        try:
            while self._waiting:
                await loops.pause(TOGETHER_SECONDS)
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    await self._write_batch(batch)
                except Exception as error:  # noqa: BLE001 - each of them fails of it, and says so
                    for one in batch:
                        one.fail(error)
        finally:
            self._writing = None

    async def _write_batch(self, batch: list[Waiting]) -> None:
        taken = [one.taken for one in batch]
        written = await persistently(lambda: self._settle_taken(taken))
        stale = []
        for one, became in zip(batch, written, strict=True):
            if became is not None and became.stale:
                stale.append((one, became))
            else:
                one.tell(became)
        if stale:
            await persistently(lambda: self._mark_well([one.taken.claimed for one, _ in stale]))
            for one, became in stale:
                one.tell(became)

    async def _settle_taken(self, taken: list[Taken]) -> list[Written | None]:
        async with self._works.each() as work:
            return await outbox.settle_taken(work, taken)

    async def _mark_well(self, claimed: list[Claimed]) -> None:
        # After the lanes' rows are free: whoever steers a receiver holds its row first and lanes after it.
        async with self._works.each() as work:
            await outbox.mark_well(work, claimed)


async def persistently(act: Callable[[], Awaitable[R]]) -> R:
    """Do it while the database is there again in time: what is not written is sent once more."""
    for _ in range(TRIES):
        try:
            return await act()
        except Exception as error:
            if not is_unreachable(error):
                raise
            log.warning("the database is away; what was sent is written down when it is back: %s", error)
        await loops.pause(AGAIN_SECONDS)
    return await act()
