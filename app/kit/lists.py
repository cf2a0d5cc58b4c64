"""Conditions on a list of values that a statement is given.

With `= ANY ($1)` the database takes an unknown list for ten values. Where tables are large, the plan that
would serve any list then seems dearer than one for the list at hand, so it plans anew at each call, which
takes longer than the call. Of a list that is cut off after as many rows as it has values it expects one, as
short ones have; and what is found by an index value by value is found so for long ones too. In a statement in
PostgreSQL's words this is `IN (SELECT one FROM unnest(:ids) AS one LIMIT cardinality(:ids))`.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, String, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute


def among(
    column: InstrumentedAttribute[str], values: Collection[str] | BindParameter[Any]
) -> ColumnElement[bool]:
    """Whether a column has one of these values: one array, however many they are."""
    if isinstance(values, BindParameter):
        given = values
    else:
        given = bindparam(None, list(values), type_=ARRAY(String), unique=True)
    one = func.unnest(given, type_=String).column_valued("one")
    return column.in_(select(one).limit(func.cardinality(given)))


def listed(name: str) -> BindParameter[Any]:
    """A parameter of a prepared statement that takes a list of texts."""
    return bindparam(name, type_=ARRAY(String))
