"""Reading the ledger."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select, true

from app.domain.events.tables import Event, Ledger
from app.kit.lists import at_most
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose
from app.kit.work import Work

NEWS_AT_ONCE: Final = 200


async def after(work: Work, tenant_id: str, classroom_id: str, seq: int, limit: int = 100) -> Sequence[Event]:
    """A classroom's events past a number, in order."""
    found = await work.db.scalars(
        select(Event)
        .where(Event.tenant_id == tenant_id, Event.classroom_id == classroom_id, Event.seq > seq)
        .order_by(Event.seq)
        .limit(at_most(limit))
    )
    return found.all()


class News(NamedTuple):
    """What is new in a classroom's ledger, to be read only, and its last number."""

    last_seq: int
    events: list[Event]


def _new(last_seq: int, *event: Any) -> News:
    return News(last_seq, [EVENT_OF(*event)] if event[0] is not None else [])


EVENT, EVENT_OF = columns(Event), loose(Event)
LATER: Final = (
    select(*EVENT)
    .where(
        Event.tenant_id == bindparam("tenant_id"),
        Event.classroom_id == bindparam("classroom_id"),
        Event.seq > bindparam("seq"),
    )
    .order_by(Event.seq)
    .limit(at_most(NEWS_AT_ONCE))
    .subquery("later")
)
NEWS: Final = Prepared(
    select(Ledger.last_seq, *LATER.c)
    .outerjoin(LATER, true())
    .where(Ledger.tenant_id == bindparam("tenant_id"), Ledger.classroom_id == bindparam("classroom_id"))
    .order_by(LATER.c.seq),
    into=_new,
    reads=True,
)


async def news(work: Work, tenant_id: str, classroom_id: str, seq: int) -> News:
    """The next events of a classroom past a number, in order, and the number of its latest; 0 without any."""
    found = await NEWS.all(work, tenant_id=tenant_id, classroom_id=classroom_id, seq=seq)
    if not found:
        return News(0, [])
    return News(found[0].last_seq, [event for one in found for event in one.events])


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
        .limit(at_most(limit))
    )
    return found.all()


LAST: Final = Prepared(
    select(Ledger.last_seq).where(
        Ledger.tenant_id == bindparam("tenant_id"), Ledger.classroom_id == bindparam("classroom_id")
    ),
    into=int,
    reads=True,
)


async def last_seq(work: Work, tenant_id: str, classroom_id: str) -> int:
    """The number of the classroom's latest event, 0 where nothing happened yet."""
    return await LAST.one(work, tenant_id=tenant_id, classroom_id=classroom_id) or 0
