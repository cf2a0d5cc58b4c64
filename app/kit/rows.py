"""Rows as objects of their classes that no session holds: what a prepared statement read, to be read only."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import attributes

from app.kit.tables import Base
from app.kit.work import Work

T = TypeVar("T", bound=Base)


def columns(kind: type[Base]) -> Sequence[Column[Any]]:
    """The columns that `loose` takes the values of, in its order."""
    table = kind.__table__
    assert isinstance(table, Table)  # noqa: S101 - every class of ours is mapped to one
    return tuple(table.columns)


def loose(kind: type[T]) -> Callable[..., T]:
    """Makes an object of the class from the values of its columns. Changing it changes nothing else."""
    names = [column.key for column in columns(kind)]
    manager = attributes.manager_of_class(kind)

    def made(*values: Any) -> T:
        row: T = manager.new_instance()
        # As the session does when it loads: nothing is noted as changed.
        row.__dict__.update(zip(names, values, strict=True))
        return row

    return made


def remember(work: Work, row: T, *key: str) -> T:
    """Keep a row that was read, so that it is not read again in this work."""
    work.kept[type(row), key] = row
    return row


def recalled(work: Work, kind: type[T], *key: str) -> T | None:
    """A row that this work has read, by its key: before a loose one the session's, which may be changed."""
    if work.session is not None:
        held = work.session.sync_session.identity_map.get(inspect(kind).identity_key_from_primary_key(key))
        if isinstance(held, kind) and not inspect(held).expired:
            return held
    found: T | None = work.kept.get((kind, key))
    return found
