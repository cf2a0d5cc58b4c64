"""A work is a transaction, whichever way its statements go; what a connection suffered stays with it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import pytest
from common import START
from sqlalchemy import ARRAY, String, any_, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database import Address
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.lines import open_engine
from app.kit.prepared import Prepared
from app.kit.unreachable import is_unreachable
from app.kit.work import Recorded, Work, Works

SIZE = 2
LOST = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Account(NamedTuple):
    tenant_id: str
    settings: dict[str, Any]
    created_at: datetime


NAMED = Prepared(
    select(Tenant.tenant_id, Tenant.settings, Tenant.created_at)
    .where(Tenant.tenant_id == any_(bindparam("names", type_=ARRAY(String))))
    .order_by(Tenant.tenant_id),
    into=Account,
    reads=True,
)
ADD = Prepared(
    insert(Tenant).values(
        tenant_id=bindparam("account"),
        name="School",
        test=False,
        allow_private=False,
        signing_secret="secret",
        settings=bindparam("settings"),
        created_at=bindparam("now"),
    ),
    into=tuple,
)
BROKEN = Prepared(text("SELECT 1 / 0"), into=int)
PAUSE = Prepared(text("SELECT pg_sleep(60)"), into=tuple)
LOOK_LONG = Prepared(text("SELECT pg_sleep(60)"), into=tuple, reads=True)


@pytest.fixture
async def pooled(database: Address, clock: ManualClock) -> AsyncIterator[Works]:
    """Works as the server has them, on two connections."""
    engine = open_engine(database.url, database.dsn, size=SIZE, patience=10)
    yield Works(engine, clock)
    await engine.dispose()


async def add(work: Work, name: str) -> None:
    await ADD.run(work, account=name, settings={"a": [1]}, now=work.now)


async def names(works: Works, *wanted: str) -> list[str]:
    async with works.each() as work:
        return [one.tenant_id for one in await NAMED.all(work, names=list(wanted))]


async def end_connections(database: Address) -> None:
    """As a restart of PostgreSQL does."""
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


async def test_values_have_the_types_of_their_columns_both_ways(pooled: Works) -> None:
    async with pooled.begin() as work:
        await add(work, "one")
        found = await NAMED.one(work, names=["one"])
    assert found == Account("one", {"a": [1]}, START)


async def test_no_row_is_none(pooled: Works) -> None:
    async with pooled.each() as work:
        assert await NAMED.one(work, names=["nobody"]) is None


async def test_a_prepared_statement_sees_what_the_session_holds_back(pooled: Works) -> None:
    async with pooled.begin() as work:
        await add(work, "one")
        tenant = await work.db.get_one(Tenant, "one")
        tenant.settings = {"b": 2}
        found = await NAMED.one(work, names=["one"])
    assert found is not None
    assert found.settings == {"b": 2}


async def test_a_session_sees_what_a_prepared_statement_wrote(pooled: Works) -> None:
    async with pooled.begin() as work:
        await add(work, "one")
        assert (await work.db.get_one(Tenant, "one")).name == "School"


async def change(work: Work, name: str) -> None:
    """Change it the way the ORM does."""
    (await work.db.get_one(Tenant, name)).settings = {}
    await work.db.flush()


async def fail(works: Works, name: str, *, with_session: bool) -> None:
    async with works.begin() as work:
        await add(work, name)
        if with_session:
            await change(work, name)
        raise KeyError


@pytest.mark.parametrize("with_session", [True, False])
async def test_a_work_that_fails_leaves_nothing(pooled: Works, *, with_session: bool) -> None:
    with pytest.raises(KeyError):
        await fail(pooled, "one", with_session=with_session)
    assert await names(pooled, "one") == []


async def pass_over_a_failure(works: Works) -> None:
    async with works.begin() as work:
        await add(work, "one")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await BROKEN.one(work)


async def test_a_failure_that_was_passed_over_does_not_look_like_a_commit(pooled: Works) -> None:
    with pytest.raises(RuntimeError, match="nothing was committed"):
        await pass_over_a_failure(pooled)
    assert await names(pooled, "one") == []


async def fail_without_a_transaction(works: Works) -> None:
    async with works.each() as work:
        await add(work, "one")
        await change(work, "one")
        raise KeyError


async def test_without_a_transaction_each_statement_is_committed_as_it_ends(pooled: Works) -> None:
    with pytest.raises(KeyError):
        await fail_without_a_transaction(pooled)
    async with pooled.each() as work:
        assert await NAMED.all(work, names=["one"]) == [Account("one", {}, START)]


async def test_events_need_a_transaction(pooled: Works) -> None:
    with pytest.raises(RuntimeError, match="in a transaction"):
        async with pooled.each() as work:
            work.events.append(Recorded("t", "c", 1, "what"))


async def test_a_tests_own_transaction_holds_works_that_read_and_write(
    database: Address, clock: ManualClock
) -> None:
    engine = create_async_engine(database.url, poolclass=NullPool)
    async with engine.connect() as connection, connection.begin() as outer:
        works = Works(connection, clock)
        async with works.begin() as work:
            await add(work, "kept")
            await change(work, "kept")
        with pytest.raises(KeyError):
            await fail(works, "dropped", with_session=True)
        async with works.each() as work:
            found = await NAMED.all(work, names=["kept", "dropped"])
        assert found == [Account("kept", {}, START)]
        await outer.rollback()
        assert await names(Works(engine, clock), "kept") == []
    await engine.dispose()


async def in_a_work(works: Works) -> bool:
    async with works.begin() as work:
        return await work.db.get(Tenant, "one") is not None


async def without_a_transaction(works: Works) -> bool:
    return await names(works, "one") == ["one"]


@pytest.mark.parametrize("look", [in_a_work, without_a_transaction])
async def test_each_connection_that_ended_while_it_waited_is_replaced(
    pooled: Works, database: Address, look: Callable[[Works], Awaitable[bool]]
) -> None:
    async with pooled.begin() as one, pooled.begin() as other:
        await add(one, "one")
        await add(other, "other")
    await end_connections(database)
    for _ in range(SIZE):
        try:
            assert await look(pooled)
        except LOST as error:
            # The loss was not heard yet.
            assert is_unreachable(error)  # noqa: PT017 - it may also pass
    assert await look(pooled)


async def test_what_only_reads_begins_no_transaction(pooled: Works) -> None:
    async with pooled.begin() as work:
        await NAMED.all(work, names=[])
        assert not work.line.driver.is_in_transaction()
        await add(work, "one")
        assert work.line.driver.is_in_transaction()


async def test_a_session_begins_the_transaction(pooled: Works) -> None:
    async with pooled.begin() as work:
        await work.db.get(Tenant, "one")
        assert work.line.driver.is_in_transaction()


async def lose_the_connection(works: Works, database: Address, *, with_session: bool) -> None:
    async with works.begin() as work:
        await add(work, "one")
        await end_connections(database)
        if with_session:
            await work.db.get(Tenant, "one")
        else:
            await NAMED.one(work, names=["one"])


@pytest.mark.parametrize("with_session", [True, False])
async def test_a_connection_that_ends_in_a_work_is_told_as_such_and_replaced(
    pooled: Works, database: Address, *, with_session: bool
) -> None:
    with pytest.raises(LOST) as caught:
        await lose_the_connection(pooled, database, with_session=with_session)
    assert is_unreachable(caught.value)
    for _ in range(SIZE + 1):
        assert await names(pooled, "one") == []


@pytest.mark.parametrize("writes", [True, False])
async def test_whoever_is_cancelled_holds_nothing_any_more(pooled: Works, *, writes: bool) -> None:
    async def wait() -> None:
        async with pooled.begin() as work:
            if writes:
                await add(work, "one")
            await (PAUSE if writes else LOOK_LONG).run(work)

    for _ in range(SIZE + 1):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait(), 0.5)
    async with pooled.begin() as work:
        await add(work, "one")
    assert await names(pooled, "one") == ["one"]
