"""A tenant that PostgreSQL's statistics do not know is served as any other: no hot way reads all its rows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from asgi_tab import tab
from fastapi import FastAPI
from filling import Model, fill, model
from jose import jws
from sqlalchemy import event, func, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import Pool

from app.bootstrap import (
    AGORA_CERTIFICATE,
    AGORA_ID,
    MERITHUB_ID,
    MERITHUB_SECRET,
    TENANT,
    ensure_development_tenant,
)
from app.database import Address
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.domain import outbox
from app.domain.metadata import metadata
from app.domain.outbox.claiming import Room
from app.domain.presence import queries as visits
from app.domain.presence.tables import Visit
from app.kit import loops
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.realtime.signs import Signs

SIZE = 2000
KNOWN = {"large": 4, "small": 40, "tiny": 250}
"""Tenants among which the same rows are spread that the statistics know."""
TIMES = 8
"""More often than PostgreSQL tries plans for the values at hand."""
MOST = 400
"""Rows, and entries of indexes, that one of the hot ways may read in all: far less than the tenant has."""
STAYS = {"tenants", "credentials", "subscriptions", "hosts"}
CROWD = """
INSERT INTO participants SELECT (jsonb_populate_record(seat, jsonb_build_object(
    'participant_id', 'p' || n, 'link', 'l' || n,
    'user_id', to_char(n * 10, 'FM0000000') || substr(user_id, 8), 'role', 'participant'
))).* FROM participants seat, generate_series(1, :size - 1) n
WHERE tenant_id = :tenant AND classroom_id = :waiting AND user_id = :user
RETURNING link
"""
VISITS = """
INSERT INTO visits SELECT (jsonb_populate_record(visit, jsonb_build_object(
    'visit_id', 'v' || n, 'participant_id', 'p' || n
))).* FROM visits visit, generate_series(1, :size - 1) n
WHERE tenant_id = :tenant AND classroom_id = :held
"""
IDLE = "UPDATE lanes SET due_at = NULL, done_seq = last_seq WHERE tenant_id = :tenant"
LANES = """
INSERT INTO lanes SELECT (jsonb_populate_record(lane, jsonb_build_object(
    'lane_key', 'l' || n, 'done_seq', CASE WHEN n <= 20 THEN 0 ELSE last_seq END,
    'due_at', CASE WHEN n <= 20 THEN timestamptz '2026-01-01 00:00+00' END
))).* FROM lanes lane, generate_series(1, :size - 1) n
WHERE tenant_id = :tenant AND lane_key = :held
"""
READ = """
SELECT relname, sum(read)::int FROM (
    SELECT relname, coalesce(seq_tup_read, 0) AS read FROM pg_stat_user_tables
    UNION ALL SELECT relname, coalesce(idx_tup_read, 0) FROM pg_stat_user_indexes
) AS each GROUP BY relname
"""


@dataclass
class School:
    """A tenant of two thousand people, made a minute ago, with all of them in one class."""

    app: FastAPI
    client: httpx.AsyncClient
    clock: ManualClock
    made: Model
    links: list[str]
    token: str

    async def join(self, number: int) -> None:
        async with tab(self.app, TENANT, self.links[number], "tab") as one:
            await one.heard("welcome")

    async def ask(self, method: str, path: str, body: Any) -> None:
        headers = {"authorization": self.token}
        answer = await self.client.request(method, f"/v1/{MERITHUB_ID}/{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def schedule(self, number: int) -> None:
        plan = {"title": "Algebra", "startTime": "2099-10-05T15:29:00Z", "duration": 60}
        await self.ask("POST", self.user(number), plan)

    async def add(self, number: int) -> None:
        waiting = self.made.copy(self.made.waiting_id, 10 * number + 5)
        people = [{"userId": self.user(10 * number + more)} for more in (7, 8, 9)]
        await self.ask("POST", f"{waiting}/users", {"users": people})

    async def poll(self, number: int) -> None:
        seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(self.clock.now().timestamp()), 3600, 7)
        headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
        room = {"roomName": "Algebra", "roomType": 4}
        where = f"apps/{AGORA_ID}/v2/rooms"
        made = await self.client.post(f"/edu/{where}/new-{number}", json=room, headers=headers)
        assert made.status_code == 200, made.text
        answer = await self.client.get(f"/edu/polling/{where}/sequences", headers=headers)
        assert answer.status_code == 200, answer.text

    async def claim(self, _number: int) -> None:
        async with self.works.begin() as work:
            await outbox.claim(work, Room.for_all(10))

    @property
    def works(self) -> Works:
        """Those of the app, on its connections."""
        works: Works = self.app.state.works
        return works

    def user(self, number: int) -> str:
        return self.made.copy(self.made.user_id, number)


@pytest.fixture
def connections() -> Iterator[list[asyncpg.Connection]]:
    """Those that are made from now on."""
    made: list[asyncpg.Connection] = []

    def listen(connection: Any, _record: object) -> None:
        made.append(connection.driver_connection)

    event.listen(Pool, "connect", listen)
    yield made
    event.remove(Pool, "connect", listen)


@pytest.fixture(params=KNOWN)
async def school(
    request: pytest.FixtureRequest,
    works: Works,
    connections: list[asyncpg.Connection],
    asgi: FastAPI,
    client: httpx.AsyncClient,
    clock: ManualClock,
) -> School:
    """Its rows came after the statistics were made, and nobody makes new ones."""
    assert connections is not None
    async with works.begin() as work:
        await ensure_development_tenant(work, "http://homeroom.test")
    assert isinstance(works.bind, AsyncEngine)
    former = await model(works)
    async with works.bind.begin() as connection:
        await keep_statistics(connection)
        await connection.execute(text(IDLE), {"tenant": TENANT})
        await fill(connection, former, SIZE)
        await crowd(connection, former)
        await hand_to_others(connection, KNOWN[request.param])
        await connection.execute(text("ANALYZE"))
    made = await model(works)
    async with works.bind.begin() as connection:
        await connection.execute(text(IDLE), {"tenant": TENANT})
        await fill(connection, made, SIZE)
        links = await crowd(connection, made)
    return School(asgi, client, clock, made, links, await granted(client))


async def crowd(connection: AsyncConnection, made: Model) -> list[str]:
    """All people in one class, by links; in another a visit of each, and many lanes of which few are due."""
    values = {"size": SIZE, "tenant": TENANT, "held": made.held_id}
    own = values | {"waiting": made.waiting_id, "user": made.user_id}
    links = list(await connection.scalars(text(CROWD), own))
    for statement in (VISITS, LANES):
        await connection.execute(text(statement), values)
    return links


async def keep_statistics(connection: AsyncConnection) -> None:
    """Let nobody make statistics by himself."""
    tables = await connection.scalars(
        text("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND oid >= 16384")
    )
    for table in tables.all():
        await connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))


async def hand_to_others(connection: AsyncConnection, known: int) -> None:
    """Make rows of many tenants of those of one: the statistics know these then, and not that."""
    for table in metadata.sorted_tables:
        if "tenant_id" in table.c and table.name not in STAYS:
            others = func.concat(
                "known ", func.abs(func.hashtext(literal_column(f"{table.name}::text"))) % known
            )
            rows = update(table).where(table.c.tenant_id == TENANT)
            await connection.execute(rows.values(tenant_id=others))


async def granted(client: httpx.AsyncClient) -> str:
    assertion = jws.sign({"iss": MERITHUB_ID, "expiry": 3600}, MERITHUB_SECRET, algorithm="HS256")
    data = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    answer = await client.post(f"/v1/{MERITHUB_ID}/api/token", data=data)
    return str(answer.json()["access_token"])


@pytest.fixture
async def read(
    database: Address, connections: list[asyncpg.Connection]
) -> AsyncIterator[Callable[[], Awaitable[dict[str, int]]]]:
    """How many rows and entries of indexes were read so far, by table."""
    own = await asyncpg.connect(database.dsn)
    await own.execute("SET stats_fetch_consistency = none")

    async def count() -> dict[str, int]:
        for one in connections:
            if not one.is_closed():
                await flush(one)
        return {row["relname"]: row["sum"] for row in await own.fetch(READ)}

    yield count
    await own.close()


async def flush(connection: asyncpg.Connection) -> None:
    """Have what was counted on a connection told, as soon as nobody uses it."""
    async with asyncio.timeout(10):
        while True:
            with suppress(asyncpg.InterfaceError):
                await connection.execute("SELECT pg_stat_force_next_flush()")
                return
            await loops.pause(0.01)


async def most_read(
    read: Callable[[], Awaitable[dict[str, int]]], act: Callable[[int], Awaitable[None]]
) -> tuple[int, str]:
    """The most that doing this once reads of a table, and of which."""
    # What is done the first time is done once a process, or a connection.
    await act(1)
    before = await read()
    for number in range(2, 2 + TIMES):
        await act(number)
    after = await read()
    return max((-(-(count - before.get(table, 0)) // TIMES), table) for table, count in after.items())


@pytest.mark.parametrize("way", ["join", "schedule", "add", "poll", "claim"])
async def test_no_call_reads_the_tenant(
    school: School, read: Callable[[], Awaitable[dict[str, int]]], way: str
) -> None:
    count, table = await most_read(read, getattr(school, way))
    assert count <= MOST, (way, table)


async def test_no_message_of_a_tab_reads_the_tenant(
    school: School, read: Callable[[], Awaitable[dict[str, int]]]
) -> None:
    async with tab(school.app, TENANT, school.links[0], "tab") as one:
        await one.heard("welcome")

        async def say(number: int) -> None:
            one.send(type="say", text=f"Good morning {number}")
            await one.heard("said")

        count, table = await most_read(read, say)
        assert count <= MOST, table


async def test_no_sign_of_life_reads_the_tenant(
    school: School, read: Callable[[], Awaitable[dict[str, int]]]
) -> None:
    async with tab(school.app, TENANT, school.links[0], "tab") as one:
        await one.heard("welcome")
        async with school.works.begin(TENANT) as work:
            here = (await visits.people(work, TENANT, school.made.waiting_id))[0].participant_id
            visit_id = await work.db.scalar(
                select(Visit.visit_id).where(Visit.tenant_id == TENANT, Visit.participant_id == here)
            )

        async def beat(_number: int) -> None:
            noted = await Signs(school.works).touch(TENANT, str(visit_id), school.clock.now())
            assert noted is not None

        count, table = await most_read(read, beat)
        assert count <= MOST, table
