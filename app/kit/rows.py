"""Rows as objects of their classes that no session holds: what a prepared statement read, to be read only."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import attributes
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.elements import KeyedColumnElement

from app.kit.tables import Base
from app.kit.work import Work

T = TypeVar("T", bound=Base)


def columns(kind: type[Base]) -> Sequence[KeyedColumnElement[Any]]:
    """The columns of a class, or of an alias of one, that `loose` takes the values of, in its order."""
    mapped = inspect(kind)
    return tuple(mapped.selectable.c[column.key] for column in mapped.mapper.local_table.c)


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
    """Keep a row that was read, so that it is not read again; what the session has of it is as new."""
    work.kept[type(row), key] = row
    held = _held(work, type(row), key)
    if held is not None:
        for column in columns(type(row)):
            set_committed_value(held, column.key, getattr(row, column.key))
    return row


def recalled(work: Work, kind: type[T], *key: str) -> T | None:
    """A row that this work has read, by its key: before a loose one the session's, which may be changed."""
    held = _held(work, kind, key)
    if held is not None:
        return held
    found: T | None = work.kept.get((kind, key))
    return found


def told(work: Work, row: Base, *key: str, **values: Any) -> None:
    """Put what was written past the session into the row, and into all that this work has of it."""
    kind = type(row)
    for one in {id(one): one for one in (row, _held(work, kind, key), work.kept.get((kind, key)))}.values():
        for name, value in values.items() if one is not None else ():
            set_committed_value(one, name, value)


def _held(work: Work, kind: type[T], key: tuple[str, ...]) -> T | None:
    if work.session is None:
        return None
    found = work.session.sync_session.identity_map.get(inspect(kind).identity_key_from_primary_key(key))
    return found if isinstance(found, kind) and not inspect(found).expired else None
