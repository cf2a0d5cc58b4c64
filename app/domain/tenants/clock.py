"""Each tenant's time: the machine's, or, of a test tenant, a clock of its own that is moved by hand."""

from datetime import datetime
from typing import Final

from sqlalchemy import Subquery, bindparam, func, literal, or_, select, update

from app.domain.tenants import editing
from app.domain.tenants.tables import Tenant
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, remember
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.refusals import BadValue, ClockMoved, NoTestClock

BY_ID: Final = Prepared(
    select(*columns(Tenant)).where(Tenant.tenant_id == bindparam("tenant_id")), into=loose(Tenant), reads=True
)


class Entering:
    """Gives a work its tenant's time. That a tenant is no test tenant never changes, so it is asked once."""

    def __init__(self) -> None:
        self._real: set[str] = set()

    async def __call__(self, work: Work, tenant_id: str) -> None:
        """Set the work's instant; that of an unknown tenant stays the machine's."""
        if tenant_id in self._real:
            return
        tenant = await BY_ID.one(work, tenant_id=tenant_id)
        if tenant is None:
            return
        if tenant.test:
            enter(work, remember(work, tenant, tenant_id))
        else:
            self._real.add(tenant_id)


def enter(work: Work, tenant: Tenant) -> None:
    """Let the work happen at the tenant's instant."""
    work.now = tenant.time(work.wall)
    work.frozen = tenant.stands_at is not None


async def own_times(work: Work) -> dict[str, datetime]:
    """The present of every tenant that has a clock of its own, by `tenant_id`."""
    found = await work.db.scalars(
        select(Tenant).where(or_(Tenant.stands_at.is_not(None), Tenant.ahead.is_not(None)))
    )
    return {tenant.tenant_id: tenant.time(work.wall) for tenant in found}


def presents(wall: datetime) -> Subquery:
    """The present of every tenant that has a clock of its own, as a table: `tenant_id`, `present`."""
    present = func.coalesce(Tenant.stands_at, literal(wall, UTCTimestamp()) + Tenant.ahead)
    own = or_(Tenant.stands_at.is_not(None), Tenant.ahead.is_not(None))
    return select(Tenant.tenant_id, present.label("present")).where(own).subquery("own")


def everybodys_presents(wall: datetime) -> Subquery:
    """The present of every tenant, as a table: `tenant_id`, `present`."""
    machines = literal(wall, UTCTimestamp())
    present = func.coalesce(Tenant.stands_at, machines + Tenant.ahead, machines)
    return select(Tenant.tenant_id, present.label("present")).subquery("everybody")


async def of_test_tenant(work: Work, tenant_id: str) -> Tenant:
    """The test tenant, its clock held until the work ends; NoTestClock of any other."""
    tenant = await editing.lock(work, tenant_id)
    if not tenant.test:
        raise NoTestClock(tenant_id)
    enter(work, tenant)
    return tenant


async def freeze(work: Work, tenant_id: str) -> Tenant:
    """Let the tenant's clock stand still where it is."""
    tenant = await of_test_tenant(work, tenant_id)
    tenant.stands_at, tenant.ahead = work.now, None
    await work.db.flush()
    work.frozen = True
    return tenant


async def run(work: Work, tenant_id: str) -> Tenant:
    """Let the tenant's clock go on from where it is."""
    tenant = await of_test_tenant(work, tenant_id)
    tenant.stands_at, tenant.ahead = None, work.now - work.wall
    await work.db.flush()
    work.frozen = False
    work.ring("alarms")
    work.ring("outbox")
    return tenant


async def move(work: Work, tenant_id: str, *, before: datetime, to: datetime) -> None:
    """Move a clock that stands at `before` forward; ClockMoved when it does not stand there any more."""
    if to < before:
        raise BadValue("to", f"is before the clock, which stands at {before.isoformat()}")
    moved = await work.db.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tenant_id, Tenant.stands_at == before)
        .values(stands_at=to)
        .returning(Tenant.tenant_id)
    )
    if moved.first() is None:
        name = await work.db.scalar(select(Tenant.name).where(Tenant.tenant_id == tenant_id))
        raise ClockMoved(name or tenant_id)
