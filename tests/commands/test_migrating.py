"""Bringing tables up to date: nothing is locked without need, and what stands in the way is told."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from typing import Self

import asyncpg
import pytest
from alembic import command
from databases import address_of, execute, first_column
from pooling import PROGRAM, SPLITS_SESSIONS, pooled

from app import database as tables
from app.database import Address, migrate, require_migrated
from app.kit.accounts import DatabaseTrouble
from app.kit.pooler import holds_prepared_statements
from app.kit.postgres import EmbeddedPostgres

LOCK = 7_466_766


@pytest.fixture
def empty(cluster: EmbeddedPostgres, worker_id: str) -> Iterator[Address]:
    name = f"empty_{worker_id}"
    asyncio.run(execute(cluster.dsn, f"CREATE DATABASE {name}"))
    yield address_of(cluster, name)
    asyncio.run(execute(cluster.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def role(cluster: EmbeddedPostgres, worker_id: str) -> Iterator[str]:
    name = f"app_{worker_id}"
    asyncio.run(execute(cluster.dsn, f"CREATE ROLE {name} LOGIN"))
    yield name
    asyncio.run(execute(cluster.dsn, f"DROP ROLE {name}"))


def by(address: Address, role: str) -> Address:
    """The same database, as another role."""
    return Address(*(one.replace("postgres@", f"{role}@") for one in (address.url, address.dsn)))


class Holding:
    """Another process in the middle of migrating, or a session that it left behind in a pooler."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._held, self.go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._hold()))

    async def _hold(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        await connection.execute(f"SELECT pg_advisory_lock({LOCK})")
        self._held.set()
        await asyncio.to_thread(self.go.wait)
        await connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        self._held.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        self._thread.join()


def test_tables_of_this_version_are_left_alone_whoever_holds_a_lock(database: Address) -> None:
    with Holding(database.dsn):
        migrate(database)


def test_who_has_to_wait_for_another_says_so(database: Address, caplog: pytest.LogCaptureFixture) -> None:
    configuration = tables._configuration()
    configuration.set_main_option("sqlalchemy.url", database.url.replace("%", "%%"))
    command.downgrade(configuration, "-1")
    with Holding(database.dsn) as other:

        class Told(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                if "waiting" in record.getMessage():
                    other.go.set()

        told = Told()
        logging.getLogger("app.migrations").addHandler(told)
        migrate(database)
        logging.getLogger("app.migrations").removeHandler(told)
    assert sum("waiting for it" in one.getMessage() for one in caplog.records) == 1
    require_migrated(database)


def test_a_role_that_may_make_no_tables_is_told_which_right_it_needs(empty: Address, role: str) -> None:
    asyncio.run(execute(empty.dsn, "REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    with pytest.raises(DatabaseTrouble) as caught:
        migrate(by(empty, role))
    assert f'GRANT USAGE, CREATE ON SCHEMA public TO "{role}"' in str(caught.value)


def test_commands_make_no_tables(empty: Address) -> None:
    with pytest.raises(DatabaseTrouble, match="run `homeroom migrate`"):
        require_migrated(empty)
    assert first_column(empty, "SELECT relname FROM pg_class WHERE relname = 'alembic_version'") == []


def test_a_role_that_may_only_use_its_tables_can_start(database: Address, role: str) -> None:
    for right in ("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES", "USAGE, SELECT ON ALL SEQUENCES"):
        asyncio.run(execute(database.dsn, f"GRANT {right} IN SCHEMA public TO {role}"))
    asyncio.run(execute(database.dsn, "REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    migrate(by(database, role))
    require_migrated(by(database, role))
    asyncio.run(execute(database.dsn, f"DROP OWNED BY {role}"))


async def test_a_direct_connection_holds_prepared_statements(database: Address) -> None:
    await holds_prepared_statements(database.dsn)
    await holds_prepared_statements(database.dsn)


@pytest.mark.skipif(PROGRAM is None, reason="there is no PgBouncer here")
@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_a_pooler_that_keeps_no_prepared_statements_apart_is_refused(database: Address, mode: str) -> None:
    with pooled(database, mode) as address:
        if mode == "transaction" and SPLITS_SESSIONS:
            with pytest.raises(DatabaseTrouble, match=r"PgBouncer 1\.21"):
                asyncio.run(holds_prepared_statements(address.dsn))
        else:
            asyncio.run(holds_prepared_statements(address.dsn))
            migrate(address)
