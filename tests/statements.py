"""Hearing what is asked of the database, by SQLAlchemy or past it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asyncpg.connection import LoggedQuery
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool


@contextmanager
def overheard() -> Iterator[list[str]]:
    """The statements on connections that are made from now on, in their order."""
    said: list[str] = []

    def by_the_driver(query: LoggedQuery) -> None:
        said.append(query.query)

    def listen(connection: Any, _record: object) -> None:
        connection.driver_connection.add_query_logger(by_the_driver)

    def by_sqlalchemy(*call: Any) -> None:
        _connection, _cursor, statement, _parameters, _context, many = call
        # The driver logs what it runs for many rows, and not what was prepared by itself.
        if not many:
            said.append(statement)

    event.listen(Pool, "connect", listen)
    event.listen(Engine, "before_cursor_execute", by_sqlalchemy)
    try:
        yield said
    finally:
        event.remove(Pool, "connect", listen)
        event.remove(Engine, "before_cursor_execute", by_sqlalchemy)
