"""Ten token calls an hour, where the operator sets that limit."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from merithub_program import Program, refused

from app.domain import tenants
from app.domain.tenants import editing
from app.domain.tenants import queries as tenant_queries
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works


@pytest.fixture
async def limited(program: Program, works: Works, tenant: Tenant) -> Program:
    """The program after its tenant got the vendor's own limit."""
    await set_limit(works, tenant.tenant_id, 10)
    return program


async def set_limit(works: Works, tenant_id: str, calls: int) -> None:
    async with works.begin() as work:
        locked = await editing.lock(work, tenant_id)
        await editing.set_limits(work, locked, {"token_calls_per_hour": calls})


async def ask(program: Program) -> Any:
    return await program.ask_token(program.assertion())


async def test_without_a_limit_there_is_none(program: Program) -> None:
    assert {(await ask(program)).status_code for _ in range(15)} == {200}


async def test_the_eleventh_call_waits_until_the_first_is_an_hour_old(
    limited: Program, clock: ManualClock
) -> None:
    for _ in range(10):
        assert (await ask(limited)).status_code == 200
        clock.advance(timedelta(minutes=1))
    answer = await ask(limited)
    refused(answer, 429, "tooManyRequests")
    assert answer.headers["retry-after"] == "3000"
    clock.advance(timedelta(seconds=2999.5))
    answer = await ask(limited)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    clock.advance(timedelta(seconds=0.5))
    # One is an hour old, so there is room for one: what was refused did not count.
    assert (await ask(limited)).status_code == 200
    answer = await ask(limited)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    clock.advance(timedelta(hours=1))
    assert (await ask(limited)).status_code == 200


async def test_a_stranger_cannot_use_up_the_calls_of_another(limited: Program) -> None:
    for _ in range(12):
        refused(await limited.ask_token(limited.assertion(secret="guess")), 401, "unauthorized")
    assert (await ask(limited)).status_code == 200


async def test_calls_at_once_are_counted_exactly(limited: Program) -> None:
    answers = await asyncio.gather(*(ask(limited) for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 6


async def test_two_tenants_have_their_own_hours(limited: Program, works: Works) -> None:
    async with works.begin() as work:
        other = await tenants.create(work, "Other school")
        credential = await tenant_queries.credential(work, other.tenant_id, "merithub")
    await set_limit(works, other.tenant_id, 2)
    neighbour = Program(limited.client, credential.public_id, credential.secret)
    assert [(await ask(neighbour)).status_code for _ in range(3)] == [200, 200, 429]
    assert [(await ask(limited)).status_code for _ in range(11)] == [200] * 10 + [429]


async def test_the_admin_api_sets_and_clears_the_limit(
    program: Program, tenant: Tenant, admin: dict[str, str]
) -> None:
    path = f"/_/admin/v1/tenants/{tenant.tenant_id}"
    body: dict[str, Any] = {"limits": {"token_calls_per_hour": 1}}
    shown = await program.client.patch(path, json=body, headers=admin)
    assert shown.json()["limits"] == {"token_calls_per_hour": 1}
    assert [(await ask(program)).status_code for _ in range(2)] == [200, 429]
    await program.client.patch(path, json={"limits": {"token_calls_per_hour": None}}, headers=admin)
    assert (await ask(program)).status_code == 200
