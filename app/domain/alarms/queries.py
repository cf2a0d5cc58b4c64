"""Reading what is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.domain.alarms.tables import Alarm
from app.kit.work import Work


async def due(work: Work, until: datetime, limit: int = 50) -> Sequence[Alarm]:
    """The alarms (of every `tenant_id`) that are due, the earliest first; failed ones wait their turn."""
    found = await work.db.scalars(
        select(Alarm)
        .where(Alarm.due_at <= until, func.coalesce(Alarm.retry_at, until) <= until)
        .order_by(Alarm.due_at, Alarm.tenant_id, Alarm.kind, Alarm.subject)
        .limit(limit)
    )
    return found.all()
