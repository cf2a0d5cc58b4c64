"""Writing feeds, and handing their entries out once."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, Integer, String, bindparam, delete, select, tuple_, update

from app.domain.feeds import trimming
from app.domain.feeds.tables import Entry, Feed, Poll
from app.kit import ids
from app.kit.lists import at_most
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
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


# The feed's row stays locked until the commit, so numbers have no gaps and rise in commit order.
APPEND: Final = Prepared(
    worded(
        """
WITH head AS (
    INSERT INTO feeds (tenant_id, classroom_id, reference, first_seq, last_seq, last_at, counts)
    VALUES (:tenant_id, :classroom_id, :reference, 1, :count, :now, CAST(:counts AS jsonb))
    ON CONFLICT (tenant_id, classroom_id) DO UPDATE SET
        last_seq = feeds.last_seq + excluded.last_seq,
        last_at = greatest(feeds.last_at, excluded.last_at),
        counts = feeds.counts || (
            SELECT jsonb_object_agg(
                kind, coalesce((feeds.counts ->> kind)::int, 0) + (excluded.counts ->> kind)::int
            ) FROM unnest(:counted) AS kind
        )
    WHERE feeds.tenant_id = :tenant_id
    RETURNING last_seq, last_at
), written AS (
    INSERT INTO feed_entries (tenant_id, classroom_id, seq, kind, subject, body, at)
    SELECT :tenant_id, :classroom_id, last_seq - :count + place, kind, subject, CAST(said AS jsonb), last_at
    FROM head, unnest(:kinds, :subjects, :bodies) WITH ORDINALITY AS one (kind, subject, said, place)
)
SELECT last_seq FROM head
""",
        tenant_id=String(),
        classroom_id=String(),
        reference=String(),
        count=Integer(),
        now=UTCTimestamp(),
        counts=String(),
        counted=ARRAY(String),
        kinds=ARRAY(Integer),
        subjects=ARRAY(String),
        bodies=ARRAY(String),
    ),
    into=int,
)


async def append(
    work: Work, tenant_id: str, classroom_id: str, reference: str, items: Sequence[Item]
) -> None:
    """Add entries under the classroom's next numbers."""
    if not items:
        return
    counted = Counter(str(item.kind) for item in items)
    last = await APPEND.one(
        work,
        tenant_id=tenant_id,
        classroom_id=classroom_id,
        reference=reference,
        count=len(items),
        now=work.now,
        counts=json.dumps(counted),
        counted=list(counted),
        kinds=[item.kind for item in items],
        subjects=[item.subject for item in items],
        bodies=[json.dumps(item.body) for item in items],
    )
    if last == len(items):
        await trimming.watch(work, tenant_id, classroom_id, work.now)


ANYTHING: Final = Prepared(
    select(
        select(Entry.seq)
        .where(
            Entry.tenant_id == bindparam("tenant_id"),
            Entry.poll_id.is_(None),
            Entry.at > bindparam("since"),
        )
        .exists()
    ),
    into=bool,
    reads=True,
)


async def poll(work: Work, tenant_id: str, caller: str, limit: int = MOST_AT_ONCE) -> list[Polled]:
    """Take what no poll of this tenant took so far, the oldest first.

    Two polls at once share what there is. Nothing is taken until the work commits.
    """
    since = work.now - REACH
    if not await ANYTHING.one(work, tenant_id=tenant_id, since=since):
        # What most polls find, for the price of a look.
        return []
    poll_id = ids.new_id()
    waiting = _waiting(tenant_id, since, limit).cte("waiting")
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
        .limit(at_most(limit))
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
