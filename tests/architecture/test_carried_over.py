"""Migrations that move rows lose none on the way up or down."""

import asyncio
from typing import Any

import asyncpg
from alembic import command

from app.database import Address, _configuration

DAYS = "19ece5e31197"
BEFORE = "b7d24e61fa05"


def fetch(database: Address, *statements: str) -> list[dict[str, Any]]:
    """What the last statement answers."""

    async def ask() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(database.dsn)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return [dict(row) for row in await connection.fetch(statements[-1])]
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_tries_are_carried_into_days_and_back(database: Address) -> None:
    alembic = _configuration()
    alembic.set_main_option("sqlalchemy.url", database.url.replace("%", "%%"))
    command.downgrade(alembic, BEFORE)
    made = fetch(
        database,
        "INSERT INTO tenants (tenant_id, name, test, allow_private, signing_secret, settings, created_at) "
        "VALUES ('t', 'T', false, false, 's', '{}', now())",
        "INSERT INTO attempts SELECT 't', 'a' || n, 'd', now() - n * interval '50 days', 200, n, NULL, 'ok' "
        "FROM generate_series(-1, 2) n",
        "SELECT * FROM attempts ORDER BY attempt_id",
    )
    assert len(made) == 4

    command.upgrade(alembic, DAYS)
    days = "tableoid::regclass::text = to_char(logged_at AT TIME ZONE 'UTC', '\"attempts_\"YYYYMMDD')"
    carried = fetch(database, f"SELECT attempt_id, response_body, {days} AS in_day FROM attempts ORDER BY 1")  # noqa: S608
    assert [tuple(row.values()) for row in carried] == [
        ("a-1", "ok", True),
        ("a0", "ok", True),
        ("a1", "ok", True),
        # Older than all that is kept in days.
        ("a2", "ok", False),
    ]

    command.downgrade(alembic, BEFORE)
    assert fetch(database, "SELECT * FROM attempts ORDER BY attempt_id") == made
