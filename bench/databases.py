"""Databases of a server that is there for a test or a measurement, and plain statements to them."""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy.engine import make_url

from app.database import Address
from app.kit.postgres import EmbeddedPostgres, normalise

COPIES: Final = count(1)
ROOM: Final = 2 * 1024**3


def fastest_folder() -> Path:
    """Where files live in memory, if there is room: a database is a thousand files, copied for most tests."""
    memory = Path("/dev/shm")  # noqa: S108 - the run's own folder in it is made under a fresh name
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return Path(tempfile.gettempdir())


def address_of(server: EmbeddedPostgres, database: str) -> Address:
    """Where one of the server's databases is."""
    dsn = make_url(server.dsn).set(database=database).render_as_string(hide_password=False)
    return Address(*normalise(dsn))


async def execute(dsn: str, statement: str) -> None:
    """Run a statement on a connection of its own, in no transaction."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_thread(make: Callable[[], Any]) -> Any:
    """Run a coroutine to its end beside whatever loop the test has."""
    outcome: list[Any] = []
    thread = threading.Thread(target=lambda: outcome.append(asyncio.run(make())))
    thread.start()
    thread.join()
    return outcome[0]


@contextmanager
def copied(server: EmbeddedPostgres, template: str) -> Iterator[Address]:
    """A copy of a database for the time of the block."""
    # No name comes twice, so that nothing has to be dropped before.
    name = f"{template}_{next(COPIES)}"
    in_thread(lambda: execute(server.dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    try:
        yield address_of(server, name)
    finally:
        in_thread(lambda: execute(server.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


def first_column(database: Address, statement: str) -> list[Any]:
    """The first column of what the statement answers; not for use in an event loop."""

    async def fetch() -> list[Any]:
        connection = await asyncpg.connect(database.dsn)
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(fetch())
