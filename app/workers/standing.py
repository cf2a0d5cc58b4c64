"""Shows that this process lives, and frees what dead ones had leased."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

import asyncpg

from app.domain.outbox import senders
from app.kit import loops
from app.kit.work import Works

LOOK_EVERY: Final = 1.0
ANSWERS_WITHIN: Final = 5.0
"""Longer than that a living database does not think about so little."""
KEEPALIVE: Final = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
)
"""The database notices a machine that is gone without a word, before its leases run out."""
TROUBLE: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

log = logging.getLogger(__name__)


class Standing:
    """A number that is this process's as long as its session lasts; whoever loses it takes a new one."""

    def __init__(self, dsn: str, works: Works) -> None:
        self._dsn = dsn
        self._works = works
        self._former: list[int] = []
        self.number: int | None = None
        """None while there is no session: what is leased then is freed by time alone."""
        self.on_loss: Callable[[int], None] = lambda _: None
        """Called with a number when it is lost: from then on others may claim what it had leased."""

    async def run(self, stop: asyncio.Event) -> None:
        """Hold a number until `stop`."""
        while not stop.is_set():
            try:
                session = await asyncpg.connect(self._dsn, timeout=10)
            except TROUBLE as error:
                log.warning("a sender cannot show that it lives: %s", error)
                await loops.woken(stop, LOOK_EVERY)
                continue
            try:
                await self._hold(session, stop)
            except Exception as error:  # noqa: BLE001 - whatever it is, there is another session to be had
                log.warning("a sender lost the session that shows that it lives: %s", error)
            finally:
                self._lose()
                with contextlib.suppress(Exception):
                    await loops.within(2.0, session.close())

    async def _hold(self, session: asyncpg.Connection, stop: asyncio.Event) -> None:
        wake = asyncio.Event()
        session.add_termination_listener(lambda _: wake.set())
        # Not on connecting: poolers refuse what they do not know there.
        await session.execute(KEEPALIVE, timeout=ANSWERS_WITHIN)
        self.number = number = await loops.within(ANSWERS_WITHIN, senders.enlist(session))
        while not stop.is_set():
            found = await loops.within(ANSWERS_WITHIN, senders.dead(session, number))
            # What this process itself sent before it lost its session may be about to be settled.
            if other := [one for one in found if one not in self._former]:
                await self._free(other)
            self._former.clear()
            await loops.first_of(wake, stop, LOOK_EVERY)
            if session.is_closed():
                return
        # What it did not settle need not wait for others to find out.
        await self._free([number])

    async def _free(self, numbers: list[int]) -> None:
        async with self._works.begin() as work:
            freed = await senders.free(work, numbers)
        if freed:
            log.warning("%s deliveries of senders that are gone go on", freed)

    def _lose(self) -> None:
        number, self.number = self.number, None
        if number is not None:
            self._former.append(number)
            self.on_loss(number)
