"""Keeps what is kept and removes what is old: days of the log of attempts, and rows in small batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain import retention
from app.domain.outbox import days
from app.domain.retention import Cut, Sweep
from app.kit.work import Works
from app.rules.lifecycle import KEPT_AT_MOST

EVERY: Final = timedelta(hours=1)
FOR_EVER: Final = timedelta(0)


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
        """Do what is to be done, if it was not lately; how much was."""
        now = self._works.clock.now()
        if self._done_at is not None and now - self._done_at < EVERY:
            return 0
        done = await self._make_days() + await self._drop_days() + await self._sweep()
        self._done_at = now
        return done

    async def _sweep(self) -> int:
        async with self._works.begin() as work:
            done = await retention.forget_secrets(work)
        for age, sweep in self._keep.sweeps():
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
        for day in missing:
            async with self._works.begin() as work:
                await days.make(work, day)
        return len(missing)

    async def _drop_days(self) -> int:
        if self._keep.attempts == FOR_EVER:
            return 0
        async with self._works.begin() as work:
            before = work.wall - self._keep.attempts
            old = [day for day in await days.made(work) if day < before.date()]
        for day in old:
            async with self._works.begin() as work:
                await days.drop(work, day)
        done = len(old)
        while True:
            async with self._works.begin() as work:
                gone = await days.clear_rest(work, before)
            done += gone
            if not gone:
                return done
