"""Writes down signs of life: those of all sockets of a tenant in this process together."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain import presence
from app.kit.together import Together
from app.kit.work import Works

log = logging.getLogger(__name__)

LINGER: Final = 0.1
"""Seconds that the first waits for others: no person notices, and the database hears ten works a second."""


@dataclass(frozen=True)
class Noted:
    """What became of a sign of life, and how far the tenant's clock is ahead of the machine's."""

    alive: bool
    ahead: timedelta


class Signs:
    """The signs of life that a process hears."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._together = Together(self._touch, LINGER)

    async def touch(self, tenant_id: str, visit_id: str, heard_at: datetime) -> Noted | None:
        """Write it down; None where that could not be done, and has to be tried again."""
        return await self._together.add(tenant_id, (visit_id, heard_at))

    async def _touch(self, tenant_id: str, signs: list[tuple[str, datetime]]) -> list[Noted | None]:
        try:
            async with self._works.begin(tenant_id) as work:
                alive = await presence.touch_all(work, tenant_id, dict(signs))
                ahead = work.now - work.wall
        except Exception:
            # Nobody is sent away for that: a sign of life is due again soon.
            log.exception("%s signs of life could not be written down", len(signs))
            return [None] * len(signs)
        return [Noted(visit_id in alive, ahead) for visit_id, _ in signs]
