"""Keeps what is kept and removes what is old: days of the log of attempts, and rows in small batches."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from app.domain import installation, retention
from app.domain.outbox import days
from app.domain.retention import Cut, Sweep
from app.kit.unreachable import lacks_right
from app.kit.work import Work, Works
from app.rules.lifecycle import KEPT_AT_MOST

EVERY: Final = timedelta(hours=1)
FOR_EVER: Final = timedelta(0)
DAYS: Final = "run `homeroom migrate --days 400` as it once a year"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keep:
    """How long things are kept; no time at all means for ever."""

    attempts: timedelta = FOR_EVER
    deliveries: timedelta = FOR_EVER
    events: timedelta = FOR_EVER
    chats: timedelta = FOR_EVER
    addresses: timedelta = FOR_EVER
    inbox: timedelta = FOR_EVER

    def sweeps(self) -> Iterator[tuple[timedelta, Sweep]]:
        """What goes after how long."""
        for age, sweep in (
            (self.deliveries, retention.drop_deliveries),
            (self.deliveries, retention.drop_enquiries),
            (self.events, retention.drop_recordings),
            (self.events, retention.drop_events),
            (self.chats, retention.drop_messages),
            (self.addresses, retention.blank_visits),
            (self.addresses, retention.blank_reports),
            (self.inbox, retention.drop_inbox_items),
            (KEPT_AT_MOST, retention.drop_polls),
        ):
            if age != FOR_EVER:
                yield age, sweep


class Keeper:
    """Looks once an hour (and when it begins) what is to be made and what is old enough to go."""

    def __init__(self, works: Works, keep: Keep) -> None:
        self._works = works
        self._keep = keep
        self._done_at: datetime | None = None

    async def tick(self) -> int:
        """Do what is to be done, if it was not lately; how much was.

        Each part is tried, whatever became of those before it: what one lacks, a right or room, is no reason
        that anything else stays for ever.
        """
        now = self._works.clock.now()
        if self._done_at is not None and now - self._done_at < EVERY:
            return 0
        done, failures = 0, []
        for part in (self._make_days, self._drop_days, self._forget_secrets, *self._sweeps()):
            try:
                done += await part()
            except Exception as error:  # noqa: BLE001 - it is raised when the others had their turn
                failures.append(error)
        if failures:
            if len(failures) > 1:
                log.error("%s parts of what goes by age failed", len(failures))
            raise failures[0]
        async with self._works.begin() as work:
            await installation.swept(work)
        self._done_at = now
        return done

    async def _forget_secrets(self) -> int:
        async with self._works.begin() as work:
            return await retention.forget_secrets(work)

    def _sweeps(self) -> Iterator[Callable[[], Awaitable[int]]]:
        for age, sweep in self._keep.sweeps():
            yield partial(self._all, age, sweep)

    async def _all(self, age: timedelta, sweep: Sweep) -> int:
        done = 0
        while found := await self._some(age, sweep):
            done += found
        return done

    async def _some(self, age: timedelta, sweep: Sweep) -> int:
        async with self._works.begin() as work:
            cut = await Cut.after(work, age)
            await retention.by_index(work)
            return await sweep(work, cut)

    async def _make_days(self) -> int:
        async with self._works.begin() as work:
            missing = await days.wanted(work)
        try:
            for day in missing:
                async with self._works.begin() as work:
                    await days.make(work, day)
        except Exception as error:
            if not lacks_right(error):
                raise
            log.warning(
                "this role may make no days of the log of tries; the owner of the tables may: %s", DAYS
            )
            return 0
        return len(missing)

    async def _drop_days(self) -> int:
        if self._keep.attempts == FOR_EVER:
            return 0
        async with self._works.begin() as work:
            before = work.wall - self._keep.attempts
            old = [day for day in await days.made(work) if day < before.date()]
        done = 0
        for day in old:
            done += await self._drop_day(day)
        return done + await self._until_none(lambda work: days.clear_rest(work, before))

    async def _drop_day(self, day: date) -> int:
        try:
            async with self._works.begin() as work:
                await days.drop(work, day)
        except Exception as error:
            if not lacks_right(error):
                raise
            # Only its owner may drop a table; whoever writes to it may empty it.
            return await self._until_none(lambda work: days.clear(work, day))
        return 1

    async def _until_none(self, some: Callable[[Work], Awaitable[int]]) -> int:
        done = 0
        while True:
            async with self._works.begin() as work:
                gone = await some(work)
            done += gone
            if not gone:
                return done
