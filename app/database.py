"""Opens the database that the settings name, embedded or the operator's, and keeps its tables up to date."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.ext.asyncio import create_async_engine

from app.kit.accounts import DatabaseTrouble
from app.kit.clock import SystemClock
from app.kit.postgres import EmbeddedPostgres, Guard, normalise
from app.kit.work import Work, Works
from app.settings import Settings

T = TypeVar("T")

# Any number serves, as long as every Homeroom process uses the same.
MIGRATION_LOCK: Final = 7_466_766


def _no_trouble() -> str | None:
    return None


@dataclass(frozen=True)
class Address:
    """Where the database is, for SQLAlchemy and for plain clients."""

    url: str
    dsn: str
    trouble: Callable[[], str | None] = _no_trouble
    """What is wrong, in a sentence, with a server of our own that we cannot bring back."""


@contextmanager
def opened(settings: Settings) -> Iterator[Address]:
    """The database's address; an embedded server runs as long as the block, and comes back when it is killed.

    Not for use in an event loop.
    """
    if settings.database_url:
        yield Address(*normalise(settings.database_url))
        return
    server = EmbeddedPostgres(settings.data_dir)
    server.start()
    try:
        with Guard(server) as guard:
            yield Address(server.url, server.dsn, guard.trouble)
    finally:
        server.stop()


def migrate(address: Address) -> None:
    """Brings the tables to the newest version; processes that start together take turns."""
    try:
        asyncio.run(_migrate(address))
    except CommandError as error:
        raise DatabaseTrouble(
            f"The tables do not fit this version of Homeroom ({error}): was the data made by a newer one?"
        ) from error
    except (OSError, asyncpg.PostgresError) as error:
        raise DatabaseTrouble(f"The database cannot be used: {error}") from error


async def _migrate(address: Address) -> None:
    connection = await asyncpg.connect(address.dsn, timeout=30)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        configuration = _configuration()
        configuration.set_main_option("sqlalchemy.url", address.url.replace("%", "%%"))
        # Alembic's environment runs an event loop of its own, so it gets a thread of its own.
        await asyncio.to_thread(command.upgrade, configuration, "head")
    finally:
        await connection.close()


@cache
def head_revision() -> str:
    """The version that the tables have after `migrate`."""
    return ScriptDirectory.from_config(_configuration()).get_current_head() or ""


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _scripts() -> Path:
    """The migrations lie inside an installed package, and beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    beside = package.parent / "migrations"
    return beside if (beside / "env.py").exists() else package / "_migrations"


async def one_work(address: Address, act: Callable[[Work], Awaitable[T]]) -> T:
    """Runs one unit of work on a connection of its own, for commands and start-up."""
    engine = create_async_engine(address.url, hide_parameters=True)
    try:
        async with Works(engine, SystemClock()).begin() as work:
            return await act(work)
    finally:
        await engine.dispose()
