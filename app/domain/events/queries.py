"""Reading the ledger."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.events.tables import Event, Ledger
from app.kit.work import Work


async def after(work: Work, tenant_id: str, classroom_id: str, seq: int, limit: int = 100) -> Sequence[Event]:
    """A classroom's events past a number, in order."""
    found = await work.db.scalars(
        select(Event)
        .where(Event.tenant_id == tenant_id, Event.classroom_id == classroom_id, Event.seq > seq)
        .order_by(Event.seq)
        .limit(limit)
    )
    return found.all()


async def page(
    work: Work, tenant_id: str, classroom_id: str | None = None, after_seq: int = 0, limit: int = 100
) -> Sequence[Event]:
    """A tenant's events: one classroom's past a number, or the latest of all classrooms."""
    if classroom_id is not None:
        return await after(work, tenant_id, classroom_id, after_seq, limit)
    found = await work.db.scalars(
        select(Event)
        .where(Event.tenant_id == tenant_id)
        .order_by(Event.at.desc(), Event.classroom_id, Event.seq.desc())
        .limit(limit)
    )
    return found.all()


async def last_seq(work: Work, tenant_id: str, classroom_id: str) -> int:
    """The number of the classroom's latest event, 0 where nothing happened yet."""
    found = await work.db.scalar(
        select(Ledger.last_seq).where(Ledger.tenant_id == tenant_id, Ledger.classroom_id == classroom_id)
    )
    return found or 0
