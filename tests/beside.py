"""What another process on a running server's database does: the server hears of it through the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database import Address
from app.kit.bell import Bell
from app.kit.clock import SystemClock
from app.kit.work import Work, Works


@asynccontextmanager
async def beside(database: Address) -> AsyncIterator[Work]:
    """A work of another process; whoever is to be woken is, when the block is left."""
    engine, bell = create_async_engine(database.url, poolclass=NullPool), Bell(database.dsn)
    await bell.start()
    async with Works(engine, SystemClock(), publish=bell.publish).begin() as work:
        yield work
    await bell.stop()
    await engine.dispose()


def do_beside(database: Address, verb: Callable[[Work], Awaitable[object]]) -> None:
    """The same from a test without an event loop of its own."""

    async def do() -> None:
        async with beside(database) as work:
            await verb(work)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, do()).result()
