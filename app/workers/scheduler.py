"""Rings alarms: in order of due time, each once across all workers, each in a work of its own."""

import logging
from dataclasses import dataclass
from datetime import datetime

from app.domain import alarms
from app.domain.alarms import queries
from app.kit.work import Works
from app.workers.chores import CHORES

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rung:
    """An alarm that rang, and the instant it was due."""

    tenant_id: str
    kind: str
    subject: str
    due_at: datetime


class Scheduler:
    """Looks for what is due and does it."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self.rung: list[Rung] = []
        """What the last tick rang, in order."""

    async def tick(self) -> int:
        """Ring what is due now; how many alarms rang."""
        self.rung = []
        async with self._works.begin() as work:
            due = [Rung(a.tenant_id, a.kind, a.subject, a.due_at) for a in await queries.due(work, work.now)]
        for alarm in due:
            if await self._ring(alarm):
                self.rung.append(alarm)
        return len(self.rung)

    async def _ring(self, alarm: Rung) -> bool:
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
            async with self._works.begin() as work:
                await alarms.postpone(work, alarm.tenant_id, alarm.kind, alarm.subject)
            return False
        return mine
