"""Reading what is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.domain.alarms import changes
from app.domain.alarms.tables import Alarm
from app.kit import tables
from app.kit.work import Work

WHEN = func.coalesce(Alarm.retry_at, Alarm.due_at)
"""A failed alarm waits for its next try."""
IN_ORDER = (Alarm.due_at, Alarm.tenant_id, Alarm.kind, Alarm.subject)


async def due(work: Work, own_times: Mapping[str, datetime], limit: int = 50) -> Sequence[Alarm]:
    """The alarms (of every `tenant_id`) that are due, the earliest first.

    `own_times` has the present of each tenant with a clock of its own; for all others it is the machine's.
    """
    await changes.write(work)
    by_wall = select(Alarm).where(
        Alarm.due_at <= work.wall, func.coalesce(Alarm.retry_at, work.wall) <= work.wall
    )
    if not own_times:
        return (await work.db.scalars(by_wall.order_by(*IN_ORDER).limit(limit))).all()
    by_wall = by_wall.where(Alarm.tenant_id.not_in(own_times))
    own = tables.own_times(own_times)
    by_own = select(Alarm).join(own, Alarm.tenant_id == own.c.tenant_id).where(own.c.present >= WHEN)
    found = [
        alarm
        for wanted in (by_wall, by_own)
        for alarm in await work.db.scalars(wanted.order_by(*IN_ORDER).limit(limit))
    ]
    return sorted(found, key=lambda alarm: alarm.due_at)


async def following(work: Work, tenant_id: str) -> Alarm | None:
    """The alarm of a tenant that rings next."""
    await changes.write(work)
    return await work.db.scalar(
        select(Alarm).where(Alarm.tenant_id == tenant_id).order_by(WHEN, *IN_ORDER).limit(1)
    )
