"""Reading what is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, func, or_, select, true, union_all

from app.domain.alarms import changes
from app.domain.alarms.tables import Alarm
from app.kit.lists import at_most
from app.kit.work import Work

WHEN = func.coalesce(Alarm.retry_at, Alarm.due_at)
"""A failed alarm waits for its next try."""
IN_ORDER = (Alarm.due_at, Alarm.tenant_id, Alarm.kind, Alarm.subject)


async def due(work: Work, own: FromClause, limit: int = 50) -> Sequence[Alarm]:
    """The alarms (of every `tenant_id`) that are due, the earliest first; asked in one statement.

    `own` has the `present` of each tenant with a clock of its own; for all others it is the machine's.
    """
    await changes.write(work)
    # A number and no parameter, an order that the index has, and of each tenant with a clock its first ones:
    # so one plan serves every instant. Making one each time takes longer than the look.
    most = at_most(limit)
    by_wall = (
        select(Alarm)
        .where(
            Alarm.due_at <= work.wall,
            _tried_again(work.wall),
            Alarm.tenant_id.not_in(select(own.c.tenant_id)),
        )
        .order_by(Alarm.due_at)
        .limit(most)
    )
    first = (
        select(Alarm)
        .where(
            Alarm.tenant_id == own.c.tenant_id,
            Alarm.due_at <= own.c.present,
            _tried_again(own.c.present),
        )
        .order_by(Alarm.due_at)
        .limit(most)
        .lateral("alarms")
    )
    by_own = select(first).select_from(own).join(first, true()).order_by(first.c.due_at).limit(most)
    found = await work.db.scalars(select(Alarm).from_statement(union_all(by_wall, by_own)))
    return sorted(found, key=lambda alarm: (alarm.due_at, alarm.tenant_id, alarm.kind, alarm.subject))


def _tried_again(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(Alarm.retry_at.is_(None), Alarm.retry_at <= now)


async def following(work: Work, tenant_id: str) -> Alarm | None:
    """The alarm of a tenant that rings next."""
    await changes.write(work)
    return await work.db.scalar(
        select(Alarm).where(Alarm.tenant_id == tenant_id).order_by(WHEN, *IN_ORDER).limit(at_most(1))
    )
