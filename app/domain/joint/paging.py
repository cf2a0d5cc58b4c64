"""Pages by number, with the count of all rows, and the conditions that a caller gave."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.refusals import UnknownThing

SIZE = 100


async def page_of(work: Work, wanted: Select[Any], page: int) -> tuple[int, Sequence[Any]]:
    """How many rows there are in all, and those of one page, the first being 1; UnknownThing past the end."""
    counted = select(func.count()).select_from(wanted.order_by(None).subquery())
    count = await work.db.scalar(counted) or 0
    if page != 1 and not 0 < page <= -(-count // SIZE):
        what = "page"
        raise UnknownThing(what, str(page))
    rows = await work.db.execute(wanted.limit(at_most(SIZE)).offset((page - 1) * SIZE))
    return count, rows.all()


def given(*pairs: tuple[Any, Callable[[Any], ColumnElement[bool]]]) -> list[ColumnElement[bool]]:
    """The conditions on those of the values that are not None."""
    return [condition(value) for value, condition in pairs if value is not None]
