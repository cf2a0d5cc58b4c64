"""Entries are kept for some days; classrooms that live longer lose the oldest."""

from collections import Counter
from datetime import datetime

from sqlalchemy import delete, select

from app.domain import alarms
from app.domain.feeds.tables import Entry, Feed
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.lifecycle import KEPT_AT_MOST

ALARM = "trim"


async def watch(work: Work, tenant_id: str, classroom_id: str, oldest: datetime) -> None:
    """Set the alarm for the time when the oldest entry has been kept long enough."""
    await alarms.set_alarm(work, tenant_id, ALARM, classroom_id, due_at=oldest + KEPT_AT_MOST)


async def trim(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove the entries that were kept long enough."""
    feed = await work.db.get(Feed, (tenant_id, classroom_id), with_for_update=True)
    if feed is None:
        return
    mine = (Entry.tenant_id == tenant_id, Entry.classroom_id == classroom_id)
    removed = await work.db.scalars(
        delete(Entry).where(*mine, Entry.at <= work.now - KEPT_AT_MOST).returning(Entry.kind)
    )
    gone = Counter(str(kind) for kind in removed)
    feed.counts = {kind: number - gone[kind] for kind, number in feed.counts.items()}
    found = await work.db.execute(
        select(Entry.seq, Entry.at).where(*mine).order_by(Entry.seq).limit(at_most(1))
    )
    oldest = found.one_or_none()
    feed.first_seq = oldest.seq if oldest else feed.last_seq + 1
    await work.db.flush()
    await watch(work, tenant_id, classroom_id, oldest.at if oldest else work.now)
