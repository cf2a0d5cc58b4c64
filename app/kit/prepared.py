"""Statements that are worked out once and then given to the driver, past SQLAlchemy's layers.

For the hot routes: the statement is written in SQLAlchemy Core, or `worded` where that says more plainly
what happens; it is compiled at its first use, and each call costs little more than the driver does. Values go
in by the names of the statement's parameters and come out as rows of the given class, through the same types
as everywhere (JSON, UTC instants).

    STANDING = Prepared(
        select(Room.state, Room.title).where(Room.tenant_id == bindparam("tenant_id")),
        into=Standing,
        reads=True,
    )
    standing = await STANDING.one(work, tenant_id=tenant_id)

A list is one parameter, `among(Room.room_id, listed("room_ids"))` (kit/lists.py), and never `IN`,
whose length would make another statement each time; rows to be inserted come as arrays through `unnest`. What
a session of the same work holds back is written first. It does not notice what was changed past it: do not
prepare a change of rows that the same work holds as objects.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, cast

from sqlalchemy import ARRAY, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from app.kit.work import Work

R = TypeVar("R")
Change = Callable[[Any], Any]

MISSING: Final = object()
NAMED: Final = re.compile(r"(?<![:\w]):(\w+)")
"""A parameter in `text()`, and no cast."""
DIALECT: Final[Dialect] = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class Prepared(Generic[R]):
    """A statement whose rows become `into(*columns)`.

    One that `reads`, and neither writes nor locks, begins no transaction where none has begun.
    """

    def __init__(self, statement: ClauseElement, *, into: Callable[..., R], reads: bool = False) -> None:
        self._statement = statement
        self._into = into
        self._reads = reads

    async def all(self, work: Work, **values: Any) -> list[R]:
        """Every row."""
        driver = await work.driver(reads=self._reads)
        rows = await driver.fetch(self.sql, *self._arguments(values))
        return [self._row(row) for row in rows]

    async def one(self, work: Work, **values: Any) -> R | None:
        """The first row, if there is one."""
        driver = await work.driver(reads=self._reads)
        row = await driver.fetchrow(self.sql, *self._arguments(values))
        return None if row is None else self._row(row)

    async def run(self, work: Work, **values: Any) -> None:
        """Run it for what it does."""
        driver = await work.driver(reads=self._reads)
        await driver.execute(self.sql, *self._arguments(values))

    @property
    def sql(self) -> str:
        """What the database is given."""
        return self._compiled.string

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return cast("SQLCompiler", self._statement.compile(dialect=DIALECT))

    @cached_property
    def _parameters(self) -> list[tuple[str, Any, Change | None]]:
        """In the order of the placeholders: name, value where none is given, what is done to a value."""
        binds = [(name, self._compiled.binds[name]) for name in self._compiled.positiontup or ()]
        return [
            (name, MISSING if bind.required else bind.value, _change(bind.type, "bind_processor"))
            for name, bind in binds
        ]

    @cached_property
    def _changes(self) -> list[tuple[int, Change]]:
        """The columns that the driver gives in another form than the program has them."""
        columns = getattr(self._statement, "exported_columns", ())
        changes = [_change(column.type, "result_processor", None) for column in columns]
        return [(place, change) for place, change in enumerate(changes) if change is not None]

    def _arguments(self, values: dict[str, Any]) -> list[Any]:
        found = []
        for name, otherwise, change in self._parameters:
            value = values[name] if otherwise is MISSING else values.get(name, otherwise)
            found.append(value if change is None else change(value))
        return found

    def _row(self, row: Sequence[Any]) -> R:
        if not self._changes:
            return self._into(*row)
        columns = list(row)
        for place, change in self._changes:
            columns[place] = change(columns[place])
        return self._into(*columns)


def worded(words: str, **types: Any) -> TextClause:
    """A statement in PostgreSQL's own words; `types` has those of its parameters, and may have more."""
    return text(words).bindparams(
        *(bindparam(name, type_=types[name]) for name in dict.fromkeys(NAMED.findall(words)))
    )


def _change(kind: TypeEngine[Any], name: str, *more: Any) -> Change | None:
    if isinstance(kind, ARRAY) and _change(kind.item_type, name, *more) is None:
        # The driver takes and gives lists as they are; SQLAlchemy would go through them one by one.
        return None
    return cast("Change | None", getattr(kind.dialect_impl(DIALECT), name)(DIALECT, *more))
