"""Where the line is drawn: what came before it is old, for each tenant by its own clock."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from sqlalchemy import CTE, ColumnElement, and_, delete, inspect, select, text

from app.domain.tenants import clock
from app.kit import tables
from app.kit.lists import at_most
from app.kit.tables import Base
from app.kit.work import Work

AT_ONCE: Final = 5000
"""Rows in one work: short enough that nobody waits for it."""


@dataclass(frozen=True)
class Cut:
    """Before which instant things are old: by the machine's clock, and by those of tenants with their own."""

    before: datetime
    own: Mapping[str, datetime]

    @classmethod
    async def after(cls, work: Work, age: timedelta) -> Self:
        """The line that this age draws now."""
        presents = await clock.own_times(work)
        return cls(work.wall - age, {tenant_id: present - age for tenant_id, present in presents.items()})

    def sides(self, tenant_id: Any, *instants: Any) -> Iterator[ColumnElement[bool]]:
        """What is old by the machine's clock in all these columns, and then by the tenants' own clocks.

        One after the other, so that the first finds its rows by an index.
        """
        yield and_(*(at < self.before for at in instants), tenant_id.not_in(list(self.own)))
        if self.own:
            own = tables.own_times(self.own)
            all_old = (own.c.present > at for at in instants)
            yield select(own).where(own.c.tenant_id == tenant_id, *all_old).exists()


async def by_index(work: Work) -> None:
    """Let the work find its rows by indexes alone: a batch is small, however large the table is."""
    for way in ("seqscan", "hashjoin", "mergejoin"):
        await work.db.execute(text(f"SET LOCAL enable_{way} = off"))


Sweep = Callable[[Work, Cut], Awaitable[int]]
"""Removes some of what is old; how many rows. Nothing is left when it finds none."""


def old(table: type[Base], at: Any, *where: ColumnElement[bool], most: int | None = None) -> CTE:
    """The keys of some old rows, the oldest first, held; what others hold is left for another time."""
    return (
        select(*inspect(table).primary_key)
        .where(*where)
        .order_by(at)
        .limit(at_most(most or AT_ONCE))
        .with_for_update(skip_locked=True, of=table)
        .cte("old")
    )


def same(table: type[Base], rows: CTE) -> ColumnElement[bool]:
    """That a row is one of these."""
    return and_(*(column == rows.c[column.name] for column in inspect(table).primary_key))


async def drop(
    work: Work, table: type[Base], rows: CTE, returning: Sequence[Any] | None = None
) -> Sequence[Any]:
    """Remove these rows; of each what is asked for, else its key."""
    removed = await work.db.execute(
        delete(table)
        .where(same(table, rows))
        .returning(*(returning or inspect(table).primary_key))
        .execution_options(synchronize_session=False)
    )
    return removed.all()


async def drop_old(work: Work, cut: Cut, table: type[Base], at: Any) -> int:
    """Remove the oldest rows of a table that are old by this instant; how many."""
    removed = 0
    for side in cut.sides(inspect(table).c.tenant_id, at):
        removed += len(await drop(work, table, old(table, at, side)))
    return removed
