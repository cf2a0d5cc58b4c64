"""Rows of another table that are looked up one by one, by their key, when it is known."""

from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

T = TypeVar("T")


def looked_up(kind: type[T], *key: ColumnElement[bool]) -> type[T]:
    """These rows, to be joined with `true()`; the key compares them with what stands before in the statement.

    For statements that find many rows of one classroom. A database without statistics of a table yet takes
    a tenant for a few rows, and would go through all of them for each row of the classroom.
    """
    # The offset keeps the database from taking this apart.
    return aliased(kind, select(kind).where(*key).correlate_except(kind).offset(0).lateral())
