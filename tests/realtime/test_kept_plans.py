"""In a large tenant the database makes one plan of a statement for all calls, and not a new one at each."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from asgi_tab import tab
from fastapi import FastAPI
from filling import ROOM_NAME, SOMEBODY, Model, fill, model
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import Pool

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID, TENANT, ensure_development_tenant
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.scheduler import Scheduler

SIZE = 2000
TRIED = 5
"""Plans for the values at hand that PostgreSQL makes before it compares them with one for all values."""
TIMES = 3 * TRIED


@pytest.fixture
def connections() -> Iterator[list[asyncpg.Connection]]:
    """Those that are made from now on."""
    made: list[asyncpg.Connection] = []

    def listen(connection: Any, _record: object) -> None:
        made.append(connection.driver_connection)

    event.listen(Pool, "connect", listen)
    yield made
    event.remove(Pool, "connect", listen)


@pytest.fixture
async def school(works: Works) -> Model:
    """So many users and classes; some were held, some are rooms."""
    async with works.begin() as work:
        await ensure_development_tenant(work, "http://homeroom.test")
    made = await model(works)
    assert isinstance(works.bind, AsyncEngine)
    async with works.bind.begin() as connection:
        await fill(connection, made, SIZE)
        await connection.execute(text("ANALYZE"))
    return made


async def planned_anew(connections: list[asyncpg.Connection]) -> Counter[str]:
    """The statements that were planned at each of many calls, and how often."""
    found: Counter[str] = Counter()
    for one in connections:
        if not one.is_closed():
            for said in await one.fetch(
                "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"
            ):
                if said["custom_plans"] > TRIED + 1:
                    found[said["statement"]] += said["custom_plans"]
    return found


async def test_who_comes_speaks_and_leaves_is_served_by_plans_that_are_kept(
    school: Model,
    connections: list[asyncpg.Connection],
    asgi: FastAPI,
    clock: ManualClock,
    client: httpx.AsyncClient,
) -> None:
    for number in range(2, 10 * TIMES, 10):
        # The copies of this number are of a class to come, those of the one before of a room.
        link = school.copy(school.host_link, number)
        name, person = (school.copy(one, number - 1) for one in (ROOM_NAME, SOMEBODY))
        seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(clock.now().timestamp()), 3600, 7)
        token = building.room_user_007(seal, name, person, 2)
        url = f"/agora/{AGORA_ID}/rooms/{name}/enter"
        let_in = await client.post(url, json={"token": token, "userUuid": person})
        for key in (link, let_in.json()["socket"].split("/")[-2]):
            async with tab(asgi, TENANT, key, "tab") as one:
                await one.heard("welcome")
                one.send(type="say", text="Good morning")
                await one.heard("said")
    assert await planned_anew(connections) == Counter()


async def test_what_is_due_is_looked_for_by_a_plan_that_is_kept(
    school: Model, connections: list[asyncpg.Connection], asgi: FastAPI
) -> None:
    assert school
    scheduler = Scheduler(asgi.state.works)
    for _ in range(TIMES):
        assert await scheduler.tick() == 0
    assert await planned_anew(connections) == Counter()
