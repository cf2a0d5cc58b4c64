"""Erasing a person looks into the person's classes only, by indexes, however much there is of others."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from common import START, TENANT
from test_outbox_plans import BY_INDEX, planned

from app.database import Address
from app.domain.events import erasing as events
from app.domain.feeds import erasing as feeds
from app.domain.outbox import erasing as outbox
from app.domain.tenants.tables import Tenant

CLASSES = 1000
SUBSCRIBE = """INSERT INTO subscriptions (
    tenant_id, subscription_id, dialect, purpose, url, secret, enabled, away_tries, created_at
) VALUES ($1, 'one', 'd', 'p', '', '', true, 0, $2)"""
FILL = (
    """INSERT INTO events (tenant_id, classroom_id, seq, kind, at, data)
    SELECT $1, 'class ' || n / 50, n % 50, 'HandLowered', $2, '{"participant_id": "x"}'
    FROM generate_series(0, 50 * $3::int) n""",
    """INSERT INTO feed_entries (tenant_id, classroom_id, seq, kind, subject, body, at)
    SELECT $1, 'class ' || n / 50, n % 50, 1, '', '{}', $2 FROM generate_series(0, 50 * $3::int) n""",
    """INSERT INTO lanes (
        tenant_id, subscription_id, lane_key, last_seq, done_seq, due_at, fence, tries, refusals
    ) SELECT $1, 'one', 'class ' || n, 20, 20, $2, 0, 0, 0 FROM generate_series(0, $3::int) n""",
    """INSERT INTO deliveries (
        tenant_id, subscription_id, lane_key, seq, delivery_id, classroom_id, kind, body, query, content_type,
        state, created_at
    ) SELECT $1, 'one', 'class ' || n / 20, n % 20, 'msg ' || n, 'class ' || n / 20, '', '', '', '',
        'delivered', $2 FROM generate_series(0, 20 * $3::int) n""",
)
BIG = ("events", "feed_entries", "deliveries")


@pytest.fixture
async def db(database: Address, tenant: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """A tenant with many classes, in each of which much happened."""
    assert tenant.tenant_id == TENANT
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(SUBSCRIBE, TENANT, START)
    for statement in FILL:
        await connection.execute(statement, TENANT, START, CLASSES)
    await connection.execute(f"ANALYZE {', '.join(BIG)}")
    yield connection
    await connection.close()


async def test_every_statement_goes_by_an_index(db: asyncpg.Connection) -> None:
    met = set()
    for statement in (events.FORGET.sql, outbox.FORGET.sql, feeds.TELLING.sql, feeds.BLANK.sql):
        scans = [
            step
            for step in await planned(db, statement)
            if step.get("Relation Name") in BIG and "Scan" in step["Node Type"]
        ]
        assert {step["Node Type"] for step in scans} <= BY_INDEX, statement
        met |= {step["Relation Name"] for step in scans}
    assert met == set(BIG)
