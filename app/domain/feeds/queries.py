"""Reading feeds again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.domain.feeds.tables import Entry, Feed, Poll
from app.kit.work import Work
from app.rules.refusals import Purged

PAGE = 100


@dataclass(frozen=True)
class Page:
    """A page of a feed: how many entries there are in all, these, and the number of the next."""

    total: int
    entries: Sequence[Entry]
    following: int | None


async def page(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    *,
    since: int | None = None,
    kind: int | None = None,
    subject: str | None = None,
    limit: int = PAGE,
) -> Page:
    """A classroom's entries from a number on, of one kind or subject or of all; Purged where that is gone."""
    feed = await work.db.get(Feed, (tenant_id, classroom_id))
    if feed is None:
        return Page(0, [], None)
    if since is not None and 0 < since < feed.first_seq:
        raise Purged(since)
    wanted = _wanted(tenant_id, classroom_id, kind, subject)
    entries = (await work.db.scalars(_part(wanted, since or 0, limit + 1))).all()
    following = entries[limit].seq if len(entries) > limit else None
    if subject is not None:
        total = await work.db.scalar(select(func.count()).select_from(Entry).where(*wanted)) or 0
    else:
        total = feed.last_seq - feed.first_seq + 1 if kind is None else feed.counts.get(str(kind), 0)
    return Page(total, entries[:limit], following)


def _wanted(
    tenant_id: str, classroom_id: str, kind: int | None, subject: str | None
) -> list[ColumnElement[bool]]:
    wanted = [Entry.tenant_id == tenant_id, Entry.classroom_id == classroom_id]
    if kind is not None:
        wanted.append(Entry.kind == kind)
    if subject is not None:
        # The second half lets the index of those with a subject be used.
        wanted += [Entry.subject == subject, Entry.subject != ""]
    return wanted


def _part(wanted: list[ColumnElement[bool]], since: int, limit: int) -> Any:
    return select(Entry).where(*wanted, Entry.seq >= since).order_by(Entry.seq).limit(limit)


async def polls(work: Work, tenant_id: str, limit: int = PAGE) -> Sequence[Poll]:
    """The latest polls that took something, the newest first."""
    found = await work.db.scalars(
        select(Poll)
        .where(Poll.tenant_id == tenant_id)
        .order_by(Poll.at.desc(), Poll.poll_id.desc())
        .limit(limit)
    )
    return found.all()
