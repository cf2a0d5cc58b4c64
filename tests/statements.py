"""Hearing what is asked of the database, by SQLAlchemy or past it, and whether it says of which tenant."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from asyncpg.connection import LoggedQuery
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from app.domain.metadata import metadata

EXEMPT = {
    "tenants": "the tenant itself",
    "credentials": "read to learn which tenant is speaking, so its public ids are unique over all of them",
    "hosts": "read to learn to whom a host name leads, so unique over all tenants",
    "senders": "no tenant owns it: which processes send, for whomever",
    "installation": "no tenant owns it: what belongs to the database as a whole",
    "inbox_items": "no tenant owns it: the inbox takes whatever anybody posts",
}

OWNED = [table.name for table in metadata.sorted_tables if table.name not in EXEMPT]
TOUCHES = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|DELETE FROM) ({'|'.join(OWNED)})\b")
CONDITION = re.compile(r"\b(?:WHERE|ON|INSERT INTO)\b.*", re.DOTALL)

SWEEPS = (
    # The workers look for what is due of all tenants; what they then do names the tenant of each.
    "WHERE coalesce(alarms.retry_at, alarms.due_at) <= ",
    "WHERE lanes.due_at <= ",
    "WHERE leftovers.due_at <= ",
    "WHERE takes.film_at <= ",
    # So do those who forget what is not needed any more.
    "WHERE subscriptions.former_until <= ",
    # A dead sender's number is dropped when no lane, whoever's it is, bears it any more.
    "DELETE FROM senders WHERE number = ANY",
    # The metrics are the operator's: how much waits, whoever's it is.
    "SELECT coalesce(sum(lanes.last_seq - lanes.done_seq)",
    "SELECT count(*) AS count_1, count(alarms.dead_at) AS count_2",
    # Read to learn to whom a host name leads that nobody claimed: to the only customer, where there is one.
    "WHERE subscriptions.dialect = $1::VARCHAR AND (subscriptions.purpose LIKE",
)


@cache
def names_its_tenant(statement: str) -> bool:
    """Whether a statement that touches a tenant's rows says whose: in a condition or a value."""
    if TOUCHES.search(statement) is None or any(sweep in statement for sweep in SWEEPS):
        return True
    said = CONDITION.search(statement)
    return said is not None and "tenant_id" in said[0]


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
