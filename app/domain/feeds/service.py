"""Writing feeds, and handing their entries out once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.feeds import trimming
from app.domain.feeds.tables import Entry, Feed, Poll
from app.kit import ids
from app.kit.work import Work
from app.rules.refusals import UnknownThing

REACH = timedelta(hours=1)
"""How far back a poll reaches."""

MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Item:
    """An entry to be; `kind` and `body` are in the words of whoever polls."""

    kind: int
    body: dict[str, Any]
    subject: str = ""


@dataclass(frozen=True)
class Polled:
    """An entry that a poll took."""

    reference: str
    kind: int
    seq: int
    body: dict[str, Any] = field(hash=False)


async def append(
    work: Work, tenant_id: str, classroom_id: str, reference: str, items: Sequence[Item]
) -> None:
    """Add entries under the classroom's next numbers."""
    if not items:
        return
    counted = {str(kind): number for kind, number in Counter(item.kind for item in items).items()}
    # The row stays locked until the commit, so numbers have no gaps and rise in commit order.
    fresh = insert(Feed).values(
        tenant_id=tenant_id,
        classroom_id=classroom_id,
        reference=reference,
        first_seq=1,
        last_seq=len(items),
        last_at=work.now,
        counts=counted,
    )
    added = [
        part
        for kind, number in counted.items()
        for part in (kind, func.coalesce(Feed.counts[kind].as_integer(), 0) + number)
    ]
    head = await work.db.execute(
        fresh.on_conflict_do_update(
            index_elements=[Feed.tenant_id, Feed.classroom_id],
            set_={
                "last_seq": Feed.last_seq + len(items),
                "last_at": func.greatest(Feed.last_at, work.now),
                "counts": Feed.counts.op("||")(func.jsonb_build_object(*added)),
            },
            where=(Feed.tenant_id == tenant_id),
        ).returning(Feed.last_seq, Feed.last_at)
    )
    last_seq, at = head.one()
    if last_seq == len(items):
        await trimming.watch(work, tenant_id, classroom_id, work.now)
    rows = [
        {
            "tenant_id": tenant_id,
            "classroom_id": classroom_id,
            "seq": seq,
            "kind": item.kind,
            "subject": item.subject,
            "body": item.body,
            "at": at,
            "poll_id": None,
        }
        for seq, item in enumerate(items, last_seq - len(items) + 1)
    ]
    await work.db.execute(insert(Entry), rows)


async def poll(work: Work, tenant_id: str, caller: str, limit: int = MOST_AT_ONCE) -> list[Polled]:
    """Take what no poll of this tenant took so far, the oldest first.

    Two polls at once share what there is. Nothing is taken until the work commits.
    """
    poll_id = ids.new_id()
    waiting = _waiting(tenant_id, work.now - REACH, limit).cte("waiting")
    key = tuple_(Entry.tenant_id, Entry.classroom_id, Entry.seq)
    taken = await work.db.execute(
        update(Entry)
        .where(
            Entry.tenant_id == tenant_id,
            key == tuple_(waiting.c.tenant_id, waiting.c.classroom_id, waiting.c.seq),
        )
        .values(poll_id=poll_id)
        .returning(Entry.at, Entry.classroom_id, Entry.seq, waiting.c.reference, Entry.kind, Entry.body)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(taken, key=lambda row: (row.at, row.classroom_id, row.seq))
    if rows:
        work.db.add(Poll(tenant_id=tenant_id, poll_id=poll_id, at=work.now, caller=caller, taken=len(rows)))
        await work.db.flush()
    return [Polled(row.reference, row.kind, row.seq, row.body) for row in rows]


def _waiting(tenant_id: str, since: datetime, limit: int) -> Any:
    return (
        select(Entry.tenant_id, Entry.classroom_id, Entry.seq, Feed.reference)
        .join(Feed, (Feed.tenant_id == Entry.tenant_id) & (Feed.classroom_id == Entry.classroom_id))
        .where(
            Entry.tenant_id == tenant_id,
            Feed.tenant_id == tenant_id,
            Entry.poll_id.is_(None),
            Entry.at > since,
        )
        .order_by(Entry.at, Entry.classroom_id, Entry.seq)
        .limit(limit)
        .with_for_update(of=Entry, skip_locked=True)
    )


async def rewind(work: Work, tenant_id: str, poll_id: str) -> int:
    """Give out again what one poll took; how many entries that are. UnknownThing where none took it."""
    poll = await work.db.get(Poll, (tenant_id, poll_id))
    if poll is None:
        what = "poll"
        raise UnknownThing(what, poll_id)
    again = await work.db.execute(
        update(Entry)
        .where(Entry.tenant_id == tenant_id, Entry.poll_id == poll_id)
        .values(poll_id=None)
        .returning(Entry.seq)
        .execution_options(synchronize_session=False)
    )
    return len(again.all())


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove a classroom's feed."""
    for table in (Entry, Feed):
        await work.db.execute(
            delete(table).where(table.tenant_id == tenant_id, table.classroom_id == classroom_id)
        )
