"""Keeps the days of the log of attempts: made ahead, dropped when they are old."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.outbox import days
from app.kit.work import Works


@dataclass(frozen=True)
class Keep:
    """How long things are kept; no time at all means for ever."""

    attempts: timedelta


class Keeper:
    """Looks once a day (and when it begins) what is to be made and what is old enough to go."""

    def __init__(self, works: Works, keep: Keep) -> None:
        self._works = works
        self._keep = keep
        self._done_on: date | None = None

    async def tick(self) -> int:
        """Do what is to be done today, if it was not; how much was."""
        today = self._works.clock.now().date()
        if self._done_on == today:
            return 0
        done = await self._make() + await self._drop()
        self._done_on = today
        return done

    async def _make(self) -> int:
        async with self._works.begin() as work:
            missing = await days.wanted(work)
        for day in missing:
            async with self._works.begin() as work:
                await days.make(work, day)
        return len(missing)

    async def _drop(self) -> int:
        if not self._keep.attempts:
            return 0
        async with self._works.begin() as work:
            before = work.wall - self._keep.attempts
            old = [day for day in await days.made(work) if day < before.date()]
        for day in old:
            async with self._works.begin() as work:
                await days.drop(work, day)
        removed = 0
        while True:
            async with self._works.begin() as work:
                gone = await days.clear_rest(work, before)
            removed += gone
            if gone < days.AT_ONCE:
                return len(old) + removed
