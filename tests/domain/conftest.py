"""A school for each test: rolled back at its end, or with real commits where several work at once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from box import Outbox
from school import School
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database import Address
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain import outbox, tenants
from app.kit.clock import ManualClock
from app.kit.work import Works


async def opened(works: Works, name: str) -> School:
    async with works.begin() as work:
        tenant = await tenants.create(work, name, test=True, allow_private=True)
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", "http://127.0.0.1:9/pings")
    return School(works, tenant.tenant_id)


@pytest.fixture
async def rolled_back(shared_database: Address, clock: ManualClock) -> AsyncIterator[Works]:
    """Works whose commits are savepoints of a transaction that ends with the test; one at a time."""
    engine = create_async_engine(shared_database.url, poolclass=NullPool)
    async with engine.connect() as connection, connection.begin() as outer:
        yield Works(connection, clock, before_commit=teller(DIALECTS, "http://homeroom.test"))
        await outer.rollback()
    await engine.dispose()


@pytest.fixture
async def school(rolled_back: Works) -> School:
    return await opened(rolled_back, "Test school")


@pytest.fixture
async def other_school(rolled_back: Works) -> School:
    """Another tenant in the same database."""
    return await opened(rolled_back, "Other school")


@pytest.fixture
async def busy_school(works: Works) -> School:
    """A school on a database of its own, for tests in which works run side by side."""
    return await opened(works, "Busy school")


@pytest.fixture
async def box(works: Works, tenant: Any, clock: ManualClock) -> Outbox:
    box = Outbox(works, tenant.tenant_id, clock)
    await box.subscribe()
    return box
