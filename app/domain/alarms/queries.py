"""Reading what is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    String,
    all_,
    cast,
    func,
    select,
    true,
    union_all,
)

from app.domain.alarms import changes
from app.domain.alarms.tables import Alarm
from app.kit.lists import at_most
from app.kit.work import Work

WHEN: Final = func.coalesce(Alarm.retry_at, Alarm.due_at)
"""A failed alarm waits for its next try."""
ALIVE: Final = Alarm.dead_at.is_(None)
IN_ORDER: Final = (Alarm.due_at, Alarm.tenant_id, Alarm.kind, Alarm.subject)

LOOK: Final = 256
"""How many due alarms are looked at, whoever's they are."""
LOOK_EACH: Final = 64
"""How many of each tenant, where tenants are looked at one by one."""
TENANTS: Final = 256
"""How many tenants then, those first that wait longest."""


@dataclass(frozen=True)
class Look:
    """What was found due, the earliest first, and whether more is: then others may wait behind it."""

    alarms: list[Alarm]
    crowded: bool


async def due(work: Work, own: FromClause) -> Look:
    """The alarms (of every `tenant_id`) that are due, the earliest first; asked in one statement.

    `own` has the `present` of each tenant with a clock of its own; for all others it is the machine's.
    """
    await changes.write(work)
    # A number and no parameter, an order that the index has, and of each tenant with a clock its first ones:
    # so one plan serves every instant. Making one each time takes longer than the look.
    by_wall = (
        select(Alarm)
        .where(work.wall >= WHEN, ALIVE, Alarm.tenant_id.not_in(select(own.c.tenant_id)))
        .order_by(WHEN)
        .limit(at_most(LOOK))
    )
    first = _first(own.c.tenant_id, own.c.present)
    by_own = select(first).select_from(own).join(first, true())
    found = await work.db.scalars(select(Alarm).from_statement(union_all(by_wall, by_own)))
    alarms = sorted(found, key=_place)
    return Look(alarms, len(alarms) >= LOOK)


async def due_by_tenant(work: Work, presents: FromClause, busy: Collection[str]) -> list[Alarm]:
    """The first due alarms of each tenant that is not `busy`, however many others have; the earliest first.

    `presents` has the `present` of every tenant. It asks for each by the index, so it costs what there are of
    tenants, and not what there is due.
    """
    await changes.write(work)
    waiting = _first(presents.c.tenant_id, presents.c.present, 1)
    waits = (
        select(presents)
        .select_from(presents)
        .join(waiting, true())
        .where(presents.c.tenant_id != all_(cast(list(busy), ARRAY(String))))
        .order_by(func.coalesce(waiting.c.retry_at, waiting.c.due_at))
        .limit(at_most(TENANTS))
        .subquery("waits")
    )
    first = _first(waits.c.tenant_id, waits.c.present)
    each = select(first).select_from(waits).join(first, true())
    found = await work.db.scalars(select(Alarm).from_statement(each))
    return sorted(found, key=_place)


def _first(
    tenant_id: ColumnElement[str], present: ColumnElement[datetime], count: int = LOOK_EACH
) -> FromClause:
    """The first alarms of a tenant that are due at its present."""
    return (
        select(Alarm)
        .where(Alarm.tenant_id == tenant_id, present >= WHEN, ALIVE)
        .order_by(WHEN)
        .limit(at_most(count))
        .lateral("alarms")
    )


def _place(alarm: Alarm) -> tuple[datetime, datetime, str, str, str]:
    return (alarm.when, alarm.due_at, alarm.tenant_id, alarm.kind, alarm.subject)


async def following(work: Work, tenant_id: str) -> Alarm | None:
    """The alarm of a tenant that rings next."""
    await changes.write(work)
    return await work.db.scalar(
        select(Alarm).where(Alarm.tenant_id == tenant_id, ALIVE).order_by(WHEN, *IN_ORDER).limit(at_most(1))
    )
