"""A program with an app of its own."""

import httpx
import pytest
from agora_program import Program

from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works


@pytest.fixture
async def program(client: httpx.AsyncClient, works: Works, tenant: Tenant, clock: ManualClock) -> Program:
    """A program of the test's tenant."""
    async with works.begin() as work:
        held = await tenants.credential(work, tenant.tenant_id, "agora")
    return Program(client, clock, held.public_id, held.secret)
