"""Reading people."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import ARRAY, ColumnElement, String, any_, bindparam, cast, literal_column, select, union_all

from app.domain.users.tables import User
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled, remember
from app.kit.work import Work
from app.rules.refusals import UnknownUser

LONGEST_KEY = 500
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
    named = mine.where(User.name_key.contains(search_key(text), autoescape=True))
    # Three looks with an index each; asked with OR, the database reads everybody.
    looks = (
        mine.where(User.email == text.strip().lower(), User.email != EMPTY),
        mine.where(User.external_id == text, User.external_id != EMPTY),
        named.order_by(User.name_key, User.user_id).limit(limit),
    )
    ids = union_all(*(select(look.subquery().c.user_id) for look in looks))
    found = await work.db.scalars(
        select(User)
        .where(User.tenant_id == tenant_id, User.user_id.in_(ids))
        .order_by(User.name_key, User.user_id)
        .limit(limit)
    )
    return found.all()
