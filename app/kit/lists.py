"""What a plan has to know of a statement's values, and would not: how long a list is, how few are wanted.

Of `= ANY ($1)` the database knows the list at hand when it plans for that, and takes it for ten values in a
plan that would serve any. Where tables are large, this one then seems dearer, and it plans anew at each call,
which takes longer than the call. Of a list that becomes an array only when the statement runs it knows as
little either way: it keeps one plan, which asks an index for all values at once, also where a table has no
statistics yet. In a statement in PostgreSQL's words this is `= ANY (ARRAY(SELECT unnest(:ids)))`.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    String,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute


def among(
    column: InstrumentedAttribute[str], values: Collection[str] | BindParameter[Any]
) -> ColumnElement[bool]:
    """Whether a column has one of these values: one array, however many they are."""
    if isinstance(values, BindParameter):
        given = values
    else:
        given = bindparam(None, list(values), type_=ARRAY(String), unique=True)
    return column == any_(func.array(select(func.unnest(given)).scalar_subquery(), type_=ARRAY(String)))


def at_most(count: int) -> ColumnElement[int]:
    """A limit that stands in the statement.

    Plans serve any values (kit/lines.py). Of a limit that is one of them the database expects a tenth of all
    rows, and sorts what an index has in order.
    """
    return literal_column(str(int(count)), Integer)


def listed(name: str) -> BindParameter[Any]:
    """A parameter of a prepared statement that takes a list of texts."""
    return bindparam(name, type_=ARRAY(String))
