"""Writes down who left: the sockets of a room that end together, in one work."""

import logging
from dataclasses import dataclass
from datetime import datetime

from app.domain import presence
from app.domain.presence import Leaving
from app.kit.together import Together
from app.kit.work import Work, Works
from app.rules.presence import LeaveReason
from app.rules.refusals import Refusal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exit:
    """A visit that ended with its socket; `at` is None where that is now."""

    visit_id: str
    reason: LeaveReason
    heard_at: datetime
    """The last sign of life, by the machine's clock."""
    at: datetime | None = None

    def when(self, work: Work) -> datetime:
        """When the visit was over, by the tenant's clock."""
        if self.at is not None:
            return self.at
        return work.moment(self.heard_at) if self.reason is LeaveReason.DROPPED else work.now


class Exits:
    """The way out of all rooms of a process."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._together = Together(self._close)

    async def leave(self, tenant_id: str, classroom_id: str, exit_: Exit) -> None:
        """Return when it is written down."""
        await self._together.add((tenant_id, classroom_id), exit_)

    async def _close(self, room: tuple[str, str], gone: list[Exit]) -> list[None]:
        tenant_id, classroom_id = room
        try:
            async with self._works.begin(tenant_id) as work:
                leaving = [Leaving(one.visit_id, one.reason, one.when(work)) for one in gone]
                await presence.close_visits(work, tenant_id, classroom_id, leaving)
        except Refusal:
            # The whole classroom was deleted meanwhile, and the visits with it.
            log.debug("%s visits of a deleted classroom ended", len(gone))
        except Exception:
            # The visits' alarms close them at their last signs of life.
            log.exception("%s visits could not be closed", len(gone))
        return [None] * len(gone)
