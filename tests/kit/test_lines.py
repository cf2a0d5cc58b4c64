"""Connections are lent out, given back and lent again: never too many, never one that somebody else has."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from waiting import eventually

from app.database import Address
from app.kit.clock import ManualClock
from app.kit.lines import open_engine
from app.kit.prepared import Prepared
from app.kit.work import Work, Works

SIZE = 3
WHO = Prepared(text("SELECT pg_backend_pid()"), into=int, reads=True)
SLOW = Prepared(text("SELECT pg_backend_pid() FROM pg_sleep(0.05)"), into=int, reads=True)


@pytest.fixture
async def engine(database: Address) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database.url, database.dsn, size=SIZE, patience=10)
    yield engine
    await engine.dispose()


@pytest.fixture
def works(engine: AsyncEngine, clock: ManualClock) -> Works:
    return Works(engine, clock)


async def who(works: Works) -> int | None:
    """Which of the database's processes serves the next work."""
    async with works.each() as work:
        return await WHO.one(work)


async def who_by_session(work: Work) -> int:
    return int(await work.db.scalar(text("SELECT pg_backend_pid()")) or 0)


async def connected(database: Address) -> set[int]:
    """The processes that serve the engine."""
    connection = await asyncpg.connect(database.dsn)
    try:
        rows = await connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    return {row["pid"] for row in rows}


async def test_so_many_works_as_want_to_share_as_many_connections_as_there_may_be(
    works: Works, database: Address
) -> None:
    async def look(number: int) -> int | None:
        async with works.begin() as work:
            # Some by a session, which gives its connection back in another way.
            return await who_by_session(work) if number % 3 == 0 else await SLOW.one(work)

    found = await asyncio.gather(*(look(number) for number in range(10 * SIZE)))
    assert set(found) == await connected(database)
    assert len(set(found)) == SIZE


async def test_the_connection_that_was_used_last_is_taken_first(works: Works) -> None:
    async with works.each() as one, works.each() as other:
        first, last = await WHO.one(one), await WHO.one(other)
    # Left in the other order than they were entered in.
    assert first != last
    assert [await who(works) for _ in range(3)] == [first] * 3


async def test_a_session_and_a_statement_take_turns_on_one_connection(
    works: Works, database: Address
) -> None:
    found = []
    for _ in range(3):
        found.append(await who(works))
        async with works.begin() as work:
            found.append(await who_by_session(work))
    assert set(found) == await connected(database)
    assert len(set(found)) == 1


async def test_whoever_waits_is_served_before_whoever_comes_later(works: Works) -> None:
    served = []

    async def ask(name: str) -> None:
        async with works.each() as work:
            served.append(name)
            await SLOW.one(work)

    names = [f"{number:02}" for number in range(4 * SIZE)]
    await asyncio.gather(*map(ask, names))
    # The first have to be connected, which takes this or that long.
    assert sorted(served[:SIZE]) == names[:SIZE]
    assert served[SIZE:] == names[SIZE:]


async def test_whoever_gives_up_waiting_is_forgotten(works: Works) -> None:
    async with works.each(), works.each(), works.each():
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(who(works), 0.1)
    assert await who(works) == await who(works)


async def test_nothing_is_left_connected_when_the_engine_is_disposed_of(
    works: Works, engine: AsyncEngine, database: Address
) -> None:
    async with works.each() as one, works.begin() as other:
        await WHO.one(one)
        await who_by_session(other)
    assert len(await connected(database)) == 2
    await engine.dispose()
    await asyncio.to_thread(eventually, lambda: not asyncio.run(connected(database)), "them to be gone")
    assert await who(works) is not None


async def test_what_was_lent_when_the_engine_was_disposed_of_is_not_lent_again(
    works: Works, engine: AsyncEngine
) -> None:
    async with works.each() as work:
        before = await WHO.one(work)
        await engine.dispose()
    assert await who(works) != before


async def test_what_fails_does_not_tell_the_values_it_was_given(works: Works) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with works.each() as work:
            await work.db.execute(text("SELECT 1 / (length(:secret) - 6)"), {"secret": "hidden"})
    assert "division by zero" in str(failed.value)
    assert "'hidden'" not in str(failed.value)
