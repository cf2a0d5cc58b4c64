"""Alembic's environment: one async engine, the metadata of all tables."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import async_engine_from_config

from app.domain.metadata import metadata
from app.kit.tables import UTCTimestamp

config = context.config


def as_written(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our timestamp type as the plain one it is: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, UTCTimestamp):
        return "sa.DateTime(timezone=True)"
    return False


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """The days of a table in days are made by the workers, so they are not in the metadata."""
    return not (kind == "table" and name is not None and name.startswith("attempts_"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=as_written,
        include_name=ours,
    )
    with context.begin_transaction():
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
