"""Rings alarms: in order of due time, each once across all workers, each in a work of its own.

Tenants are served side by side, a few at a time and each in its turn, so that nobody's alarms wait for what
another has due. Of one tenant they ring one after the other. One that fails is tried again later, and holds
up none.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from time import monotonic
from typing import Final

from app.domain import alarms
from app.domain.alarms import queries
from app.domain.alarms.tables import Alarm
from app.domain.tenants import clock
from app.kit import loops
from app.kit.unreachable import in_a_line, is_unreachable
from app.kit.work import Works
from app.workers.chores import CHORES

AT_ONCE: Final = 4
"""Tenants served at once: the connections to the database are for others too."""
TURN_SECONDS: Final = 0.5
"""After so long a tenant's turn is over; what else it has due waits for its next one."""
LOOK_EVERY: Final = 1.0
REST_SECONDS: Final = 1.0
"""A tenant has no turn for so long after one in which nothing was done, since other workers have it all."""
REMEMBERED: Final = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rung:
    """An alarm that rang, and the instant it was due."""

    tenant_id: str
    kind: str
    subject: str
    classroom_id: str
    due_at: datetime

    @classmethod
    def of(cls, alarm: Alarm) -> "Rung":
        """The alarm's row, to be kept beyond its work."""
        return cls(alarm.tenant_id, alarm.kind, alarm.subject, alarm.classroom_id, alarm.due_at)


class Rang(Enum):
    """What became of an alarm."""

    DONE = "done"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"
    """Another worker has it, or it was moved, or is gone."""


class Scheduler:
    """Looks for what is due and does it."""

    def __init__(self, works: Works, wake: asyncio.Event | None = None, *, at_once: int = AT_ONCE) -> None:
        self._works = works
        self._wake = wake or asyncio.Event()
        self._at_once = at_once
        self._turns: dict[str, asyncio.Task[None]] = {}
        """Whose alarms ring now."""
        self._served: dict[str, int] = {}
        """Who had the last turns, and which in the count of all: they come after those who had none."""
        self._turn = 0
        self._resting: dict[str, float] = {}
        self._trouble: Exception | None = None
        self._stopping = False
        self.rung: deque[Rung] = deque(maxlen=REMEMBERED)
        """What the last tick rang, in order; of very much the last."""
        self._rang = 0
        self.turned: Callable[[], None] = lambda: None
        """Called at each turn of a tick, which lasts as long as something is due."""

    async def tick(self) -> int:
        """Ring what is due, and what becomes due meanwhile, until nothing is; how many alarms rang."""
        self.rung.clear()
        self._rang, self._trouble = 0, None
        while True:
            self._wake.clear()
            if not self._stopping and self._trouble is None and len(self._turns) < self._at_once:
                await self._begin()
            self.turned()
            if not self._turns:
                break
            await loops.woken(self._wake, LOOK_EVERY)
        if self._trouble is not None:
            raise self._trouble
        return self._rang

    async def stop(self) -> None:
        """Begin no more; returns when what is under way is done."""
        self._stopping = True
        self._wake.set()
        if self._turns:
            await asyncio.wait(set(self._turns.values()))

    async def _begin(self) -> None:
        """Give turns to tenants that have something due and no turn now."""
        due: dict[str, list[Rung]] = {}
        now = monotonic()
        self._resting = {tenant_id: until for tenant_id, until in self._resting.items() if until > now}
        for alarm in await self._look():
            if alarm.tenant_id not in self._turns and alarm.tenant_id not in self._resting:
                due.setdefault(alarm.tenant_id, []).append(alarm)
        # Those whose last turn was longest ago; among them those that wait longest.
        self._served = {tenant_id: turn for tenant_id, turn in self._served.items() if tenant_id in due}
        for tenant_id in sorted(due, key=lambda tenant_id: self._served.get(tenant_id, 0)):
            if len(self._turns) >= self._at_once:
                break
            self._turn += 1
            self._served[tenant_id] = self._turn
            self._turns[tenant_id] = task = asyncio.create_task(self._serve(due[tenant_id]))
            task.add_done_callback(self._ended)

    async def _look(self) -> list[Rung]:
        async with self._works.each() as work:
            look = await queries.due(work, clock.presents(work.wall))
            found = look.alarms
            if look.crowded:
                everybody = clock.everybodys_presents(work.wall)
                found = await queries.due_by_tenant(work, everybody, self._turns)
            return [Rung.of(alarm) for alarm in found]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._turns = {tenant_id: one for tenant_id, one in self._turns.items() if one is not task}
        self._wake.set()

    async def _serve(self, due: Sequence[Rung]) -> None:
        """A tenant's turn: ring what is due until the time is up."""
        until, idle = monotonic() + TURN_SECONDS, True
        for alarm in due:
            try:
                became = await self._try(alarm)
            except Exception as error:
                if is_unreachable(error):
                    self._trouble = error
                    return
                # Not even that it failed could be written down; the others are not to wait for that.
                log.exception("job %s %s of %s stays due", alarm.kind, alarm.subject, alarm.tenant_id)
                continue
            if became is Rang.DONE:
                self.rung.append(alarm)
                self._rang += 1
            idle &= became is Rang.ELSEWHERE
            if self._stopping or monotonic() > until:
                return
        if idle:
            self._resting[due[0].tenant_id] = monotonic() + REST_SECONDS

    async def ring(self, alarm: Rung) -> bool:
        """Do what the alarm says; false when it failed, or another worker has it."""
        return await self._try(alarm) is Rang.DONE

    async def _try(self, alarm: Rung) -> Rang:
        try:
            # The chore's instant is the one it was due at, as if it had been done in time.
            async with self._works.begin(at=alarm.due_at) as work:
                mine = await alarms.take(
                    work, alarm.tenant_id, alarm.kind, alarm.subject, due_at=alarm.due_at
                )
                if mine:
                    await CHORES[alarm.kind](work, alarm.tenant_id, alarm.subject)
                    await alarms.ring_off(
                        work, alarm.tenant_id, alarm.kind, alarm.subject, due_at=alarm.due_at
                    )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is written down
            await self._failed(alarm, error)
            return Rang.FAILED
        return Rang.DONE if mine else Rang.ELSEWHERE

    async def _failed(self, alarm: Rung, error: Exception) -> None:
        """Write down that an alarm's chore failed. That the database is away is not the chore's fault."""
        async with self._works.begin(alarm.tenant_id) as work:
            failed = await alarms.postpone(
                work,
                alarm.tenant_id,
                alarm.kind,
                alarm.subject,
                due_at=alarm.due_at,
                failure=in_a_line(error),
            )
        if failed is None:
            return
        what = (alarm.kind, alarm.subject, alarm.tenant_id)
        if failed.dead_at is not None:
            log.error("job %s %s of %s is dead: it failed too often", *what, exc_info=error)
        elif failed.tries == 1:
            log.error("job %s %s of %s failed; it is tried again", *what, exc_info=error)
        else:
            log.warning("job %s %s of %s failed %s times: %s", *what, failed.tries, in_a_line(error))
