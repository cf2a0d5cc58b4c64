"""Opens the database that the settings name, embedded or the operator's, and keeps its tables up to date."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app.domain.outbox import days
from app.kit.accounts import DatabaseTrouble
from app.kit.clock import SystemClock
from app.kit.pooler import holds_prepared_statements
from app.kit.postgres import EmbeddedPostgres, Guard, normalise, with_password
from app.kit.unreachable import in_a_line
from app.kit.work import Work, Works
from app.settings import Settings

T = TypeVar("T")

IN_SCHEMA: Final = re.compile(r"permission denied for schema (\S+)")


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
        address = Address(*normalise(with_password(settings.database_url, settings.database_password)))
        _told(address, holds_prepared_statements(address.dsn))
        yield address
        return
    server = EmbeddedPostgres(settings.data_dir)
    server.start()
    try:
        with Guard(server) as guard:
            yield Address(server.url, server.dsn, guard.trouble)
    finally:
        server.stop()


def migrate(address: Address) -> None:
    """Brings the tables to the newest version; processes that start together take turns.

    Where they have that version already nothing is locked, and no right but to read is needed.
    """
    _told(address, _migrate(address))


def make_days(address: Address, ahead: int) -> None:
    """Makes the partitions of the log of tries for so many days ahead: workers may lack the right to."""

    async def make() -> None:
        for day in await one_work(address, lambda work: days.wanted(work, ahead)):
            await one_work(address, partial(days.make, day=day))

    _told(address, make())


def require_migrated(address: Address) -> None:
    """DatabaseTrouble unless the tables have the version of this program; for commands, which change none."""
    found = _told(address, _revision(address))
    if found != head_revision():
        stands = f"is at migration {found}" if found else "has no tables of Homeroom yet"
        raise DatabaseTrouble(
            f"The database {stands}, this program needs {head_revision()}: run `homeroom migrate`."
        )


def _told(address: Address, what: Coroutine[Any, Any, T]) -> T:
    """Do it; what an operator can mend is told in a sentence."""
    try:
        return asyncio.run(what)
    except CommandError as error:
        raise DatabaseTrouble(
            f"The tables do not fit this version of Homeroom ({error}): was the data made by a newer one?"
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError) as error:
        raise DatabaseTrouble(_why(error, address)) from error


def _why(error: Exception, address: Address) -> str:
    cause = in_a_line(error)
    if "InsufficientPrivilege" not in cause:
        return f"The database cannot be used: {cause}"
    role = urlsplit(address.dsn).username or "its role"
    if lacking := IN_SCHEMA.search(cause):
        return (
            f"{role} may not make tables, which since PostgreSQL 15 the owner of the database alone may: "
            f'let that owner run `GRANT USAGE, CREATE ON SCHEMA {lacking[1]} TO "{role}"`, or run '
            "`homeroom migrate` as that owner."
        )
    return f"{role} lacks a right ({cause}): run `homeroom migrate` as the role that owns the tables."


async def _migrate(address: Address) -> None:
    if await _revision(address) == head_revision():
        return
    configuration = _configuration()
    configuration.set_main_option("sqlalchemy.url", address.url.replace("%", "%%"))
    # Alembic's environment runs an event loop of its own, so it gets a thread of its own.
    await asyncio.to_thread(command.upgrade, configuration, "head")


async def _revision(address: Address) -> str | None:
    """The version that the tables have; None where there are none."""
    connection = await asyncpg.connect(address.dsn, timeout=30, command_timeout=30)
    try:
        async with connection.transaction():
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                return None
            return str(await connection.fetchval("SELECT version_num FROM alembic_version") or "") or None
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
