"""Reading what is due."""

from collections.abc import Sequence

from sqlalchemy import FromClause, func, select, union_all

from app.domain.alarms import changes
from app.domain.alarms.tables import Alarm
from app.kit.work import Work

WHEN = func.coalesce(Alarm.retry_at, Alarm.due_at)
"""A failed alarm waits for its next try."""
IN_ORDER = (Alarm.due_at, Alarm.tenant_id, Alarm.kind, Alarm.subject)


async def due(work: Work, own: FromClause, limit: int = 50) -> Sequence[Alarm]:
    """The alarms (of every `tenant_id`) that are due, the earliest first; asked in one statement.

    `own` has the `present` of each tenant with a clock of its own; for all others it is the machine's.
    """
    await changes.write(work)
    by_wall = select(Alarm).where(
        Alarm.due_at <= work.wall,
        func.coalesce(Alarm.retry_at, work.wall) <= work.wall,
        Alarm.tenant_id.not_in(select(own.c.tenant_id)),
    )
    by_own = (
        select(Alarm)
        .join(own, Alarm.tenant_id == own.c.tenant_id)
        # The first is found by an index, and implied: a try that failed is never due before its alarm.
        .where(Alarm.due_at <= own.c.present, own.c.present >= WHEN)
    )
    both = union_all(*(wanted.order_by(*IN_ORDER).limit(limit) for wanted in (by_wall, by_own)))
    found = await work.db.scalars(select(Alarm).from_statement(both))
    return sorted(found, key=lambda alarm: alarm.due_at)


async def following(work: Work, tenant_id: str) -> Alarm | None:
    """The alarm of a tenant that rings next."""
    await changes.write(work)
    return await work.db.scalar(
        select(Alarm).where(Alarm.tenant_id == tenant_id).order_by(WHEN, *IN_ORDER).limit(1)
    )
