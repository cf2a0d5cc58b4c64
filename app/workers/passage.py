"""Lets a test tenant's time pass: what falls due on the way happens in order, each at its own instant."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.domain import outbox
from app.domain.alarms import queries as alarms
from app.domain.outbox import Claimed, claiming
from app.domain.outbox.claiming import Room
from app.domain.tenants import clock
from app.kit import loops
from app.kit.outbound import Sender
from app.kit.work import Works
from app.rules.refusals import BadValue, NothingDue
from app.workers.dispatcher import deliver
from app.workers.scheduler import Rung, Scheduler

AT_ONCE: Final = 64
LOOK_AGAIN: Final = 0.02


@dataclass(frozen=True)
class Happened:
    """One thing on the way: an alarm that rang, or a try to deliver (`status` None: no answer)."""

    at: datetime
    what: str
    kind: str
    subject: str
    classroom_id: str
    status: int | None = None


@dataclass(frozen=True)
class Ahead:
    """What is to be done at an instant: ring, deliver, or wait for a worker that does (`busy`)."""

    now: datetime
    alarm: Rung | None = None
    claimed: list[Claimed] = field(default_factory=list)
    busy: bool = False


class Passage:
    """Moves the clocks of test tenants."""

    def __init__(self, works: Works, sender: Sender) -> None:
        self._works = works
        self._sender = sender
        self._scheduler = Scheduler(works)

    async def by(self, tenant_id: str, span: timedelta) -> list[Happened]:
        """Let so much time pass."""
        if span < timedelta(0):
            raise BadValue("by", "must not be negative: a clock only moves forward")
        async with self._works.begin(tenant_id) as work:
            tenant = await clock.of_test_tenant(work, tenant_id)
            to = tenant.time(work.wall) + span
        return await self.to(tenant_id, to)

    async def to_next(self, tenant_id: str) -> list[Happened]:
        """Let time pass until the next alarm has rung."""
        async with self._works.begin(tenant_id) as work:
            await clock.of_test_tenant(work, tenant_id)
            alarm = await alarms.following(work, tenant_id)
            if alarm is None:
                raise NothingDue
            to = max(alarm.when, work.now)
        return await self.to(tenant_id, to)

    async def to(self, tenant_id: str, to: datetime) -> list[Happened]:
        """Let time pass until this instant. A clock that ran goes on from there, one that stood stands."""
        async with self._works.begin(tenant_id) as work:
            ran = (await clock.of_test_tenant(work, tenant_id)).stands_at is None
            now = work.now
            if to < now:
                raise BadValue("to", f"is before the clock, which says {now.isoformat()}")
            await clock.freeze(work, tenant_id)
        try:
            return await self._pass(tenant_id, now, to)
        finally:
            if ran:
                async with self._works.begin(tenant_id) as work:
                    await clock.run(work, tenant_id)

    async def _pass(self, tenant_id: str, now: datetime, to: datetime) -> list[Happened]:
        happened: list[Happened] = []
        while True:
            ahead = await self._look(tenant_id, now, to)
            now = ahead.now
            if ahead.alarm is not None:
                await self._ring(ahead.alarm, happened)
            elif ahead.claimed:
                happened += await asyncio.gather(*(self._deliver(one, now) for one in ahead.claimed))
            elif ahead.busy:
                await loops.pause(LOOK_AGAIN)
            elif now == to:
                return happened

    async def _look(self, tenant_id: str, now: datetime, to: datetime) -> "Ahead":
        """What is to be done now; when nothing is, the clock moves to where something is, or to the end."""
        async with self._works.begin() as work:
            alarm = await alarms.following(work, tenant_id)
            if alarm is not None and alarm.when <= now:
                return Ahead(now, Rung.of(alarm))
            owed = await claiming.following(work, tenant_id)
            if owed is not None and owed <= now:
                claimed = await outbox.claim_of(work, Room.for_all(AT_ONCE), {tenant_id: now})
                return Ahead(now, claimed=claimed, busy=not claimed)
            due = [instant for instant in (alarm.when if alarm else None, owed) if instant is not None]
            step = min([to, *due])
            if step > now:
                await clock.move(work, tenant_id, before=now, to=step)
            rung = Rung.of(alarm) if alarm is not None and alarm.when == step else None
            return Ahead(step, rung)

    async def _ring(self, alarm: Rung, happened: list[Happened]) -> None:
        if await self._scheduler.ring(alarm):
            happened.append(Happened(alarm.due_at, "alarm", alarm.kind, alarm.subject, alarm.classroom_id))
        else:
            # A worker has it, or it failed and is tried again at a later instant.
            await loops.pause(LOOK_AGAIN)

    async def _deliver(self, claimed: Claimed, now: datetime) -> Happened:
        answer = await deliver(self._works, self._sender, claimed)
        return Happened(
            now, "delivery", claimed.kind, claimed.delivery_id, claimed.classroom_id, answer.status
        )
