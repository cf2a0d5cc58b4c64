"""Reading people."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from app.domain.users.tables import User
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled, remember
from app.kit.work import Work
from app.rules.refusals import UnknownUser

LONGEST_KEY = 500
SHORTEST_PART = 2
"""Shorter parts are not in the index of parts."""
SAMPLE, MANY = 300, 10
"""Where so many of a sample have a part, that index would find too many of all."""
PARTS: Final[ColumnElement[list[int]]] = literal_column("name_parts(tenant_id::text, name_key::text)")
"""As the index is written."""
EMPTY: Final[ColumnElement[str]] = literal_column("''")
"""Written into the statement: with a parameter the database cannot know that a partial index will do."""


async def by_id(work: Work, tenant_id: str, user_id: str) -> User:
    """The person, or UnknownUser."""
    user = await work.db.get(User, (tenant_id, user_id))
    if user is None:
        raise UnknownUser(user_id)
    return user


USER: Final = columns(User)
BY_ID: Final = Prepared(
    select(*USER).where(User.tenant_id == bindparam("tenant_id"), User.user_id == bindparam("user_id")),
    into=loose(User),
    reads=True,
)


async def read(work: Work, tenant_id: str, user_id: str) -> User:
    """The person, not to be changed, or UnknownUser; asked once in a work."""
    user = recalled(work, User, tenant_id, user_id)
    if user is None:
        found = await BY_ID.one(work, tenant_id=tenant_id, user_id=user_id)
        if found is None:
            raise UnknownUser(user_id)
        user = remember(work, found, tenant_id, user_id)
    return user


async def names(work: Work, tenant_id: str, user_ids: Iterable[str]) -> dict[str, str]:
    """The names of those of these people who still exist."""
    # One array, and not a parameter for each: a long series has more guests than a statement takes.
    wanted = any_(cast(sorted(set(user_ids)), ARRAY(String)))
    found = await work.db.execute(
        select(User.user_id, User.name).where(User.tenant_id == tenant_id, User.user_id == wanted)
    )
    return {one.user_id: one.name for one in found}


def search_key(name: str) -> str:
    """A name, or part of one, as it is searched: by its beginning, for an index takes no more."""
    return name.casefold()[:LONGEST_KEY]


async def find(work: Work, tenant_id: str, text: str, limit: int = 100) -> Sequence[User]:
    """People by email address, external id or part of the name, in order of the name."""
    mine = select(User.user_id).where(User.tenant_id == tenant_id, ~User.guest)
    named = await _named(work, tenant_id, search_key(text), limit)
    # Three looks with an index each; asked with OR, the database reads everybody.
    looks = (
        mine.where(User.email == text.strip().lower(), User.email != EMPTY),
        mine.where(User.external_id == text, User.external_id != EMPTY),
        named,
    )
    ids = union_all(*(select(look.subquery().c.user_id) for look in looks))
    found = await work.db.scalars(
        select(User)
        .where(User.tenant_id == tenant_id, User.user_id.in_(ids))
        .order_by(User.name_key, User.user_id)
        .limit(limit)
    )
    return found.all()


async def _named(work: Work, tenant_id: str, part: str, limit: int) -> Select[str]:
    """Whose name has this part, the first in order of the name."""
    mine = select(User.user_id, User.name_key).where(User.tenant_id == tenant_id, ~User.guest)
    in_order = mine.order_by(User.name_key, User.user_id)
    has_it = User.name_key.contains(part, autoescape=True)
    # Ids are random, so the first ones are a sample.
    some = mine.order_by(User.user_id).limit(SAMPLE).subquery()
    among_some = select(func.count()).where(some.c.name_key.contains(part, autoescape=True))
    if len(part) < SHORTEST_PART or (await work.db.scalar(among_some) or 0) >= MANY:
        # So many have it that going through the names in their order soon comes to an end.
        everybody = in_order.where(has_it).limit(limit).subquery()
        return select(everybody.c.user_id)
    parts = func.name_parts(cast(tenant_id, Text), cast(part, Text))
    # The offset keeps the database from choosing the order's index, by which it would read all names.
    likely = mine.where(PARTS.op("@>")(parts)).offset(0).subquery()
    found = select(likely.c.user_id).where(likely.c.name_key.contains(part, autoescape=True))
    return found.order_by(likely.c.name_key, likely.c.user_id).limit(limit)
