"""Reading people."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from app.domain.users.tables import User
from app.kit.lists import among, at_most
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled, remember
from app.kit.work import Work
from app.rules.refusals import BadValue, UnknownUser

LONGEST_KEY = 500
SHORTEST_PART, LONGEST_PART = 2, 3
"""Letters of the parts that are in the index of parts."""
SAMPLE, MANY = 300, 10
"""Where so many of a sample have a part, that index would find too many of all."""
FEW = 4
"""So many parts are asked for, those that the fewest of the sample have."""
MOST_PARTS = 64
"""More of a long text are not looked at: the first ones lead to few people already."""
PARTS: Final[ColumnElement[list[int]]] = literal_column("name_parts(tenant_id::text, name_key::text)")
"""As the index is written."""
EMPTY: Final[ColumnElement[str]] = literal_column("''")
"""Written into the statement: with a parameter the database cannot know that a partial index will do, and
plans anew at each call, which takes longer than the call."""


async def by_id(work: Work, tenant_id: str, user_id: str) -> User:
    """The person, or UnknownUser."""
    user = await even_vanished(work, tenant_id, user_id)
    if user.erased_as is not None:
        raise UnknownUser(user_id)
    return user


async def even_vanished(work: Work, tenant_id: str, user_id: str) -> User:
    """The person, also one who is being erased, or UnknownUser."""
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
        if found is None or found.erased_as is not None:
            raise UnknownUser(user_id)
        user = remember(work, found, tenant_id, user_id)
    return user


async def names(work: Work, tenant_id: str, user_ids: Iterable[str]) -> dict[str, str]:
    """The names of those of these people who still exist."""
    found = await work.db.execute(
        select(User.user_id, User.name).where(
            # A long series has more guests than a statement takes parameters.
            User.tenant_id == tenant_id,
            User.erased_as.is_(None),
            among(User.user_id, sorted(set(user_ids))),
        )
    )
    return {one.user_id: one.name for one in found}


def search_key(name: str) -> str:
    """A name, or part of one, as it is searched: by its beginning, for an index takes no more."""
    return name.casefold()[:LONGEST_KEY]


def _counts() -> Select[str, int]:
    # Ids are random, so the first ones are a sample.
    mine = select(User.name_key).where(User.tenant_id == bindparam("tenant_id"), ~User.guest)
    some = (
        mine.order_by(User.user_id).limit(literal_column(str(SAMPLE))).cte("some").prefix_with("MATERIALIZED")
    )
    part = func.unnest(bindparam("parts", type_=ARRAY(Text))).column_valued("part")
    having = select(func.count()).select_from(some).where(func.strpos(some.c.name_key, part) > 0)
    return select(part, having.scalar_subquery())


COUNTS: Final = Prepared(_counts(), into=lambda part, count: (part, count), reads=True)
"""How many of a sample of people have each of these parts in their name."""


async def find(
    work: Work, tenant_id: str, text: str, limit: int = 100, after: str | None = None
) -> Sequence[User]:
    """People by email address, external id or part of the name, in order of the name.

    `after` is the id of the last one of the page before; BadValue where there is no such person any more.
    """
    beyond = true() if after is None else await _beyond(work, tenant_id, after)
    mine = select(User.user_id).where(User.tenant_id == tenant_id, ~User.guest, beyond)
    named = await _named(work, tenant_id, search_key(text), limit, beyond)
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
        .limit(at_most(limit))
    )
    return found.all()


def parts_of(text: str) -> list[str]:
    """The parts of a text by which the index may be asked: as long as there are any in it."""
    size = min(len(text), LONGEST_PART)
    return list(dict.fromkeys(text[place : place + size] for place in range(len(text) - size + 1)))


async def _beyond(work: Work, tenant_id: str, user_id: str) -> ColumnElement[bool]:
    """Whether somebody comes after this person in the order of names."""
    last = await work.db.get(User, (tenant_id, user_id))
    if last is None:
        raise BadValue("next_id", "is of nobody: begin anew")
    return tuple_(User.name_key, User.user_id) > tuple_(last.name_key, last.user_id)


async def _named(
    work: Work, tenant_id: str, part: str, limit: int, beyond: ColumnElement[bool]
) -> Select[str]:
    """Whose name has this part, the first in order of the name."""
    mine = select(User.user_id, User.name_key).where(User.tenant_id == tenant_id, ~User.guest, beyond)
    in_order = mine.order_by(User.name_key, User.user_id)
    looked_for = [] if len(part) < SHORTEST_PART else parts_of(part)[:MOST_PARTS]
    having = dict(
        await COUNTS.all(work, tenant_id=tenant_id, parts=[part, *looked_for]) if looked_for else ()
    )
    if not looked_for or having[part] >= MANY:
        # So many have it that going through the names in their order soon comes to an end.
        everybody = (
            in_order.where(User.name_key.contains(part, autoescape=True)).limit(at_most(limit)).subquery()
        )
        return select(everybody.c.user_id)
    # The index reads whatever it is asked for, so it is not asked for parts that nearly everybody has.
    chosen = sorted(looked_for, key=having.__getitem__)[:FEW]
    one = func.unnest(cast(chosen, ARRAY(Text))).column_valued("one")
    wanted = select(func.array_agg(func.hashtext(cast(tenant_id, Text) + "/" + one))).scalar_subquery()
    # The offset keeps the database from choosing the order's index, by which it would read all names.
    likely = mine.where(PARTS.op("@>")(wanted)).offset(0).subquery()
    found = select(likely.c.user_id).where(likely.c.name_key.contains(part, autoescape=True))
    return found.order_by(likely.c.name_key, likely.c.user_id).limit(at_most(limit))
