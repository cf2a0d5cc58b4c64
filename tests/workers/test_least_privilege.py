"""A role that may use the tables and make none: what is old goes all the same, and it shows when it did."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from common import START, TENANT
from databases import execute
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Address, make_days, one_work
from app.domain import inbox
from app.domain.inbox import queries as inbox_queries
from app.domain.outbox import days
from app.domain.outbox.tables import Attempt
from app.domain.tenants.clock import Entering
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.keeper import Keep, Keeper

MONTH = Keep(attempts=timedelta(days=30), deliveries=timedelta(days=7), inbox=timedelta(days=1))


@pytest.fixture
def role(database: Address) -> Iterator[str]:
    """A role without CREATE that owns nothing."""
    name = f"user_of_{database.dsn.split('/')[-1].split('?')[0]}"
    for statement in (
        f"CREATE ROLE {name} LOGIN",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
    ):
        asyncio.run(execute(database.dsn, statement))
    yield name
    asyncio.run(execute(database.dsn, f"DROP OWNED BY {name}"))
    asyncio.run(execute(database.dsn, f"DROP ROLE {name}"))


@pytest.fixture
async def limited(role: str, database: Address, clock: ManualClock) -> AsyncIterator[Works]:
    engine = create_async_engine(database.url.replace("postgres@", f"{role}@"))
    yield Works(engine, clock, enter=Entering())
    await engine.dispose()


async def tries(works: Works) -> int:
    async with works.begin() as work:
        wanted = select(func.count()).select_from(Attempt).where(Attempt.tenant_id == TENANT)
        return await work.db.scalar(wanted) or 0


async def a_try(works: Works, tenant: Any, clock: ManualClock) -> None:
    at = clock.now()
    texts = dict.fromkeys(("request_head", "response_head", "response_body"), "")
    values = {
        "tenant_id": tenant.tenant_id,
        "delivery_id": "d",
        "attempt_id": f"{at}",
        "logged_at": at,
        "at": at,
    }
    async with works.begin() as work:
        work.db.add(Attempt(**values, status=200, duration_ms=1, error=None, **texts))


async def an_item(works: Works) -> None:
    async with works.begin() as work:
        await inbox.put(work, "mine", headers={}, body=b"x")


async def items(works: Works) -> int:
    async with works.begin() as work:
        return len(await inbox_queries.items(work, "mine"))


async def test_what_is_old_goes_without_the_right_to_make_and_drop_tables(
    limited: Works, works: Works, tenant: Any, clock: ManualClock, client: httpx.AsyncClient
) -> None:
    async with works.begin() as work:
        await days.make(work, START.date())
    await a_try(works, tenant, clock)
    await an_item(works)
    clock.advance(timedelta(days=32))
    await Keeper(limited, MONTH).tick()
    assert (await tries(works), await items(works)) == (0, 0)
    figures = (await client.get("/metrics")).text
    assert re.search(r"homeroom_retention_last_success_timestamp_seconds 1\.\d+e\+09", figures)


async def test_what_fails_holds_up_nothing_else_and_is_no_success(
    works: Works, clock: ManualClock, client: httpx.AsyncClient
) -> None:
    await an_item(works)
    clock.advance(timedelta(days=32))
    async with works.begin() as work:
        await work.db.execute(text("ALTER TABLE enquiries RENAME TO moved"))
    with pytest.raises(ProgrammingError):
        await Keeper(works, MONTH).tick()
    assert await items(works) == 0
    assert "homeroom_retention_last_success_timestamp_seconds 0.0" in (await client.get("/metrics")).text


def test_the_owner_makes_days_ahead(database: Address) -> None:
    make_days(database, 40)
    made = asyncio.run(one_work(database, days.made))
    assert len(made) >= 40
