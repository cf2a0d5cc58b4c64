"""Reading feeds again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, String, bindparam, func, literal_column, select, true

from app.domain.feeds.tables import Entry, Feed, Poll
from app.kit.lists import at_most
from app.kit.prepared import Prepared
from app.kit.work import Work
from app.rules.refusals import Purged

PAGE = 100


class Listed(NamedTuple):
    """One entry of a page."""

    seq: int
    kind: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A page of a feed: how many entries there are in all, these, and the number of the next."""

    total: int
    entries: Sequence[Listed]
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
    if subject is not None or limit != PAGE:
        return await _page_about(work, tenant_id, classroom_id, since, kind, subject, limit)
    values = {"tenant_id": tenant_id, "classroom_id": classroom_id, "since": since or 0}
    if kind is None:
        lines = await OF_ALL.all(work, **values)
    else:
        lines = await OF_KIND.all(work, kind=kind, word=str(kind), **values)
    if not lines:
        return Page(0, [], None)
    if since is not None and 0 < since < lines[0].first_seq:
        raise Purged(since)
    entries = [Listed(line.seq, line.kind, line.body) for line in lines if line.seq is not None]
    following = entries[PAGE].seq if len(entries) > PAGE else None
    return Page(lines[0].total, entries[:PAGE], following)


async def _page_about(  # noqa: PLR0913 - the arguments of `page`
    work: Work,
    tenant_id: str,
    classroom_id: str,
    since: int | None,
    kind: int | None,
    subject: str | None,
    limit: int,
) -> Page:
    feed = await work.db.get(Feed, (tenant_id, classroom_id))
    if feed is None:
        return Page(0, [], None)
    if since is not None and 0 < since < feed.first_seq:
        raise Purged(since)
    wanted = _wanted(tenant_id, classroom_id, kind, subject)
    entries = (await work.db.scalars(_part(wanted, since or 0, limit + 1))).all()
    following = entries[limit].seq if len(entries) > limit else None
    total = await work.db.scalar(select(func.count()).select_from(Entry).where(*wanted)) or 0
    return Page(total, [Listed(one.seq, one.kind, one.body) for one in entries[:limit]], following)


def _wanted(tenant_id: Any, classroom_id: Any, kind: Any, subject: str | None) -> list[ColumnElement[bool]]:
    wanted = [Entry.tenant_id == tenant_id, Entry.classroom_id == classroom_id]
    if kind is not None:
        wanted.append(Entry.kind == kind)
    if subject is not None:
        # The second half lets the index of those with a subject be used: it has to stand in the statement.
        wanted += [Entry.subject == subject, Entry.subject != literal_column("''")]
    return wanted


def _part(wanted: list[ColumnElement[bool]], since: Any, limit: int) -> Any:
    return select(Entry).where(*wanted, Entry.seq >= since).order_by(Entry.seq).limit(at_most(limit))


class Line(NamedTuple):
    """The head of a feed, with one entry; without any `seq` is None, and so is the rest."""

    first_seq: int
    total: int
    seq: int | None
    kind: int
    body: dict[str, Any]


def _lines(total: ColumnElement[int], kind: Any = None) -> Prepared[Line]:
    """A page in one statement, its head before each of its entries."""
    whose: Any = bindparam("tenant_id")
    where: Any = bindparam("classroom_id")
    # The limit stands in the statement: with a parameter the database cannot know that it is small.
    part = _part(_wanted(whose, where, kind, None), bindparam("since"), PAGE + 1)
    one = part.with_only_columns(Entry.seq, Entry.kind, Entry.body).lateral("one")
    lines = select(Feed.first_seq, total, one.c.seq, one.c.kind, one.c.body).outerjoin(one, true())
    mine = lines.where(Feed.tenant_id == whose, Feed.classroom_id == where)
    return Prepared(mine.order_by(one.c.seq), into=Line, reads=True)


OF_ALL: Final = _lines(Feed.last_seq - Feed.first_seq + 1)
OF_KIND: Final = _lines(
    func.coalesce(Feed.counts[bindparam("word", type_=String)].as_integer(), 0), bindparam("kind")
)


async def polls(work: Work, tenant_id: str, limit: int = PAGE) -> Sequence[Poll]:
    """The latest polls that took something, the newest first."""
    found = await work.db.scalars(
        select(Poll)
        .where(Poll.tenant_id == tenant_id)
        .order_by(Poll.at.desc(), Poll.poll_id.desc())
        .limit(at_most(limit))
    )
    return found.all()
