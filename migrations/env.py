"""Alembic's environment: one async engine, the metadata of all tables."""

import asyncio
import logging
from typing import Final, Literal

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_engine_from_config

from app.domain.metadata import metadata
from app.kit.tables import UTCTimestamp

# Any number serves, as long as every Homeroom process uses the same.
LOCK: Final = 7_466_766
PATIENCE: Final = 3
"""Seconds after which it is told that another process migrates."""
LOCK_NOT_AVAILABLE: Final = "55P03"

# Under the name of the program: others say nothing but warnings.
log = logging.getLogger("app.migrations")
config = context.config


def as_written(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our timestamp type as the plain one it is: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, UTCTimestamp):
        return "sa.DateTime(timezone=True)"
    return False


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """The days of a table in days are made by the workers, so they are not in the metadata."""
    return not (kind == "table" and name is not None and name.startswith("attempts_"))


def take_turn(connection: Connection) -> None:
    """Have processes that migrate the same database do so one after the other, until this transaction ends.

    A session's lock would stay with a pooler that lends sessions out for a transaction.
    """
    lock = text("SELECT pg_advisory_xact_lock(:number)").bindparams(number=LOCK)
    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
    try:
        with connection.begin_nested():
            connection.execute(lock)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        log.warning("another process migrates this database, or was left in the middle of it; waiting for it")
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(lock)
    connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=as_written,
        include_name=ours,
    )
    with context.begin_transaction():
        take_turn(connection)
        context.run_migrations()


async def run_online() -> None:
    engine = async_engine_from_config(config.get_section("alembic") or {}, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_online())
