"""What a claim costs does not grow with what waits: it goes by the index, with 200,000 lanes as with ten."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from databases import copied, in_thread

from app.database import Address, one_work
from app.domain import outbox, tenants
from app.domain.outbox import Claimed, Outcome, Taken, claiming, passing
from app.domain.outbox.claiming import Room
from app.kit.postgres import EmbeddedPostgres
from app.kit.work import Work

LANES = 200_000
NOW = datetime(2031, 1, 15, tzinfo=UTC)
BIG = ("lanes", "deliveries")
BY_INDEX = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
RECEIVERS = 40

SOME_LANES = """
INSERT INTO lanes (tenant_id, subscription_id, lane_key, last_seq, done_seq, fence, tries, refusals, due_at)
SELECT ($1::text[])[1 + n % cardinality($1)], ($2::text[])[1 + n % cardinality($2)], 'class ' || n, 1, n % 2,
    0, 0, 0, CASE WHEN n % 2 = 0 THEN $4::timestamptz + (n - $3 / 2) * interval '1 second' END
FROM generate_series(1, $3::int) n
"""
THEIR_MESSAGES = """
INSERT INTO deliveries (tenant_id, subscription_id, lane_key, seq, delivery_id, classroom_id, kind, body,
    query, content_type, state, created_at)
SELECT tenant_id, subscription_id, lane_key, 1, 'msg ' || lane_key, lane_key, 'k', 'x', '', '', 'pending', $1
FROM lanes
"""


@pytest.fixture(scope="module")
def full(cluster: EmbeddedPostgres, template: str) -> Iterator[Address]:
    """So many lanes with a message each, at some receivers: half of them idle, the others due around now."""
    with copied(cluster, template) as address:
        in_thread(lambda: fill(address))
        yield address


async def fill(address: Address) -> None:
    receivers = await one_work(address, subscribed)
    db = await asyncpg.connect(address.dsn)
    await db.execute(SOME_LANES, *receivers, LANES, NOW)
    await db.execute(THEIR_MESSAGES, NOW)
    await db.execute("VACUUM ANALYZE lanes, deliveries, subscriptions, tenants")
    await db.close()


async def subscribed(work: Work) -> tuple[list[str], list[str]]:
    """The tenants of some receivers that are well, and the receivers."""
    tenant_ids, receiver_ids = [], []
    for number in range(RECEIVERS):
        tenant = await tenants.create(work, f"School {number}", test=True, allow_private=True)
        url = "http://127.0.0.1:9/pings"
        made = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", url)
        made.passed_at = work.now
        tenant_ids.append(tenant.tenant_id)
        receiver_ids.append(made.subscription_id)
    return tenant_ids, receiver_ids


@pytest.fixture
async def db(full: Address) -> AsyncIterator[asyncpg.Connection]:
    """What is done here is undone at the end."""
    connection = await asyncpg.connect(full.dsn)
    undone = connection.transaction()
    await undone.start()
    yield connection
    await undone.rollback()
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a plan."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


async def planned(db: asyncpg.Connection, statement: str) -> list[dict[str, Any]]:
    """What is done when it stays prepared: the planner does not know the values then."""
    await db.execute(
        "CREATE OR REPLACE FUNCTION pg_temp.plan_of(asked text, OUT plan json) LANGUAGE plpgsql AS "
        "$$BEGIN EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || asked INTO plan; END$$"
    )
    said = await db.fetchval("SELECT pg_temp.plan_of($1)", statement)
    return list(nodes(json.loads(said)[0]["Plan"]))


async def done(db: asyncpg.Connection, statement: str, *values: object) -> list[dict[str, Any]]:
    """What is done when it is run for these values, and how many rows that meets."""
    said = await db.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *values)
    return list(nodes(json.loads(said)[0]["Plan"]))


def of_big_tables(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """How the large tables are read: the kind of scan, the table, the index."""
    return {
        (step["Node Type"], step["Relation Name"], step.get("Index Name", ""))
        for step in found
        if step.get("Relation Name") in BIG and "Scan" in step["Node Type"]
    }


def looked_at(found: list[dict[str, Any]]) -> int:
    """How many rows of the large tables were met, whether taken or not."""
    return sum(
        (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
        for step in found
        if step.get("Relation Name") in BIG and "Scan" in step["Node Type"]
    )


async def test_the_claim_goes_by_the_index_of_what_is_due(db: asyncpg.Connection) -> None:
    scans = of_big_tables(await planned(db, claiming.OF_ALL))
    assert ("Index Scan", "lanes", "ix_lanes_due_at") in scans
    assert {kind for kind, _, _ in scans} <= BY_INDEX
    found = await done(db, claiming.OF_ALL, *claiming.values(Room(64), NOW, depth=8, sender=7))
    assert {kind for kind, _, _ in of_big_tables(found)} <= BY_INDEX
    # What was looked at, and what was taken a few times more.
    assert looked_at(found) <= claiming.LOOK + 64 * 8


async def test_so_does_the_claim_by_clocks_of_their_own(db: asyncpg.Connection) -> None:
    tenant_id = await db.fetchval("SELECT min(tenant_id) FROM lanes")
    await db.execute("UPDATE tenants SET stands_at = $1 WHERE tenant_id = $2", NOW, tenant_id)
    values = claiming.values(Room(64), NOW - timedelta(days=900), depth=8, sender=7)
    times = ([tenant_id], [NOW])
    for statement, given in ((claiming.OF_ALL, values), (claiming.OF_SOME, (*values, *times))):
        scans = of_big_tables(await planned(db, statement))
        assert {kind for kind, _, _ in scans} <= BY_INDEX
        found = await done(db, statement, *given)
        assert {kind for kind, _, _ in of_big_tables(found)} <= BY_INDEX
        # No more than one receiver has.
        assert looked_at(found) <= LANES / RECEIVERS


async def test_settling_goes_by_keys(db: asyncpg.Connection) -> None:
    keys = ("tenant_id", "subscription_id", "lane_key")
    rows = await db.fetch(
        "SELECT tenant_id, subscription_id, lane_key FROM lanes WHERE done_seq = 0 LIMIT 64"
    )
    taken = [Taken(claimed(*(row[key] for key in keys)), Outcome(200, 5)) for row in rows]
    assert {kind for kind, _, _ in of_big_tables(await planned(db, passing.SETTLE))} == {"Index Scan"}
    found = await done(db, passing.SETTLE, *passing.values(taken, NOW))
    assert {kind for kind, _, _ in of_big_tables(found)} == {"Index Scan"}
    assert looked_at(found) <= len(taken) * 4


def claimed(tenant_id: str, subscription_id: str, lane_key: str) -> Claimed:
    """The only message of a lane that nobody claimed yet."""
    of = ("x", lane_key, "k", b"x", "", "")
    return Claimed(tenant_id, subscription_id, lane_key, 0, False, "", [], True, 1, *of)
