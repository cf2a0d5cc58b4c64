"""Feeds of a hundred thousand entries are read by their indexes: a page costs the same wherever it begins."""

import json
from datetime import timedelta
from typing import Any

import pytest
from school import School
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from app.domain.feeds import queries, service
from app.kit.work import Work

MANY = 100_000
FILL = """
INSERT INTO feed_entries (tenant_id, classroom_id, seq, kind, subject, body, at, poll_id)
SELECT :tenant, 'room' || n % :rooms, n, 1 + n % 4, CASE WHEN n % 4 = 0 THEN 'widget' || n % 8 ELSE '' END,
       '{}', :at, CASE WHEN n % 2 = 0 THEN 'taken' END
FROM generate_series(1, :many) AS n
"""
HEADS = """
INSERT INTO feeds (tenant_id, classroom_id, reference, first_seq, last_seq, last_at, counts)
SELECT :tenant, 'room' || n, 'r', 1, 1, :at, '{}' FROM generate_series(0, 3) AS n
"""


async def plan(work: Work, statement: Any) -> list[str]:
    """The kinds of steps that PostgreSQL takes, with the indexes it reads."""
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    found = await work.db.scalar(text(f"EXPLAIN (FORMAT JSON) {compiled}".replace(":", "\\:")))
    steps: list[str] = []

    def walk(step: dict[str, Any]) -> None:
        steps.append(step["Node Type"] + (f" {step['Index Name']}" if "Index Name" in step else ""))
        for below in step.get("Plans", []):
            walk(below)

    walk((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
    return steps


@pytest.mark.parametrize(
    ("kind", "subject", "index"),
    [
        (None, None, "pk_feed_entries"),
        (2, None, "ix_feed_entries_kind"),
        (1, "widget4", "ix_feed_entries_subject"),
    ],
)
async def test_a_page_reads_an_index_in_its_order(
    school: School, kind: int | None, subject: str | None, index: str
) -> None:
    async with school.begin() as work:
        values = {"tenant": school.tenant_id, "rooms": 2, "many": MANY, "at": work.now}
        await work.db.execute(text(FILL), values)
        await work.db.execute(text("ANALYZE feed_entries"))
        wanted = queries._wanted(school.tenant_id, "room1", kind, subject)
        steps = await plan(work, queries._part(wanted, MANY // 2, 101))
    assert steps == ["Limit", f"Index Scan {index}"]


async def test_a_poll_reads_what_nobody_took(school: School) -> None:
    async with school.begin() as work:
        values = {"tenant": school.tenant_id, "rooms": 4, "many": MANY, "at": work.now}
        await work.db.execute(text(FILL), values)
        await work.db.execute(text(HEADS), {"tenant": school.tenant_id, "at": work.now})
        await work.db.execute(text("ANALYZE feed_entries"))
        steps = await plan(work, service._waiting(school.tenant_id, work.now - timedelta(hours=1), 100))
    assert "Index Scan ix_feed_entries_unpolled" in steps
    assert "Sort" not in steps
