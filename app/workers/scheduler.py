"""Rings alarms: in order of due time, each once across all workers, each in a work of its own."""

import logging
from dataclasses import dataclass
from datetime import datetime

from app.domain import alarms
from app.domain.alarms import queries
from app.domain.alarms.tables import Alarm
from app.domain.tenants import clock
from app.kit.work import Works
from app.workers.chores import CHORES

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


class Scheduler:
    """Looks for what is due and does it."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self.rung: list[Rung] = []
        """What the last tick rang, in order."""

    async def tick(self) -> int:
        """Ring what is due now; how many alarms rang."""
        self.rung = []
        async with self._works.each() as work:
            due = [Rung.of(alarm) for alarm in await queries.due(work, clock.presents(work.wall))]
        for alarm in due:
            if await self.ring(alarm):
                self.rung.append(alarm)
        return len(self.rung)

    async def ring(self, alarm: Rung) -> bool:
        """Do what the alarm says; false when it failed, or another worker has it."""
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
        except Exception:
            log.exception("alarm %s of %s failed; it is tried again", alarm.kind, alarm.subject)
            async with self._works.begin(alarm.tenant_id) as work:
                await alarms.postpone(work, alarm.tenant_id, alarm.kind, alarm.subject)
            return False
        return mine
