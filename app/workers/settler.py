"""Writes down what was taken: all that came while the last was written, in one statement."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from app.domain import outbox
from app.domain.outbox import Claimed, Taken, Written
from app.kit import loops
from app.kit.together import Together
from app.kit.unreachable import in_a_line, is_unreachable
from app.kit.work import Works

TOGETHER_SECONDS: Final = 0.002
"""How long one waits for others at the most: short beside the commit that follows."""
MOST: Final = 500
AGAIN_SECONDS: Final = 0.25
TRIES: Final = 80
"""While the database is away: together less than a lease lasts."""

log = logging.getLogger(__name__)
R = TypeVar("R")


class Settler:
    """Gathers what was taken, and writes it in batches, one after the other."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._taken = Together(self._settle_taken, TOGETHER_SECONDS, MOST)
        self._well = Together(self._mark_well)

    async def settle(self, taken: Taken) -> Written | None:
        """Return when it is committed; None when it has to be settled by itself."""
        written = await self._taken.add(None, taken)
        if written is not None and written.stale:
            # When the lanes are free: whoever steers a receiver holds its row first, and lanes after it.
            await self._well.add(None, taken.claimed)
        return written

    async def _settle_taken(self, _: None, taken: list[Taken]) -> list[Written | None]:
        async def write() -> list[Written | None]:
            async with self._works.each() as work:
                return await outbox.settle_taken(work, taken)

        return await persistently(write)

    async def _mark_well(self, _: None, claimed: list[Claimed]) -> list[None]:
        async def write() -> None:
            async with self._works.each() as work:
                await outbox.mark_well(work, claimed)

        await persistently(write)
        return [None] * len(claimed)


async def persistently(act: Callable[[], Awaitable[R]]) -> R:
    """Do it while the database is there again in time: what is not written is sent once more."""
    for _ in range(TRIES):
        try:
            return await act()
        except Exception as error:
            if not is_unreachable(error):
                raise
            log.warning("the database is away; what was sent is written down later: %s", in_a_line(error))
        await loops.pause(AGAIN_SECONDS)
    return await act()
