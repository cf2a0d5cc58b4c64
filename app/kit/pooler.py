"""Finds out at start whether what stands before PostgreSQL keeps prepared statements, which all rests on."""

import contextlib
from typing import Final

import asyncpg

from app.kit.accounts import DatabaseTrouble

NAME: Final = "homeroom_probe"
SECONDS: Final = 30.0
ROUNDS: Final = 5
"""A pooler that is busy may lend each connection the session that it had, once."""
REFUSAL: Final = (
    "The pooler before the database does not keep prepared statements apart: use PgBouncer 1.21 or newer "
    "with max_prepared_statements above 0, its session mode, or a direct address."
)


async def holds_prepared_statements(dsn: str) -> None:
    """DatabaseTrouble where a statement that one connection prepared is another's, or is gone when it is run.

    Two connections prepare different statements under one name: a pooler that lends sessions out, and knows
    nothing of what was prepared on them, meets the name twice or runs the other's.
    """
    first = await asyncpg.connect(dsn, timeout=SECONDS, command_timeout=SECONDS)
    try:
        second = await asyncpg.connect(dsn, timeout=SECONDS, command_timeout=SECONDS)
        try:
            await _probe(first, second)
        finally:
            await _left(second)
    finally:
        await _left(first)


async def _probe(first: asyncpg.Connection, second: asyncpg.Connection) -> None:
    try:
        # Run at once: until then a session stays with the connection that prepared on it.
        mine = await first.prepare("SELECT 1", name=NAME)
        answers = {(1, await mine.fetchval())}
        other = await second.prepare("SELECT 2", name=NAME)
        for _ in range(ROUNDS):
            answers |= {(2, await other.fetchval()), (1, await mine.fetchval())}
    except (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError) as error:
        raise DatabaseTrouble(REFUSAL) from error
    if answers != {(1, 1), (2, 2)}:
        raise DatabaseTrouble(REFUSAL)


async def _left(connection: asyncpg.Connection) -> None:
    """Leave nothing on the server's session, which may be lent to somebody else next."""
    with contextlib.suppress(asyncpg.PostgresError, OSError, TimeoutError):
        await connection.execute(f"DEALLOCATE {NAME}")
    await connection.close()
