"""What is old is found by an index, so that looking for it costs little, however large a table is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from common import TENANT
from sqlalchemy import Engine, event, text

from app.domain import retention
from app.domain.retention import Cut, Sweep
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works

# Rows of the tables that grow most, one an hour; a good two years of them are not old yet.
AT = "timestamptz '2020-01-01 00:00+00' + n * interval '1 hour'"
TWENTY_THOUSAND = "FROM generate_series(1, 20000) n"
EVENT = f"INSERT INTO events SELECT '{TENANT}', 'c' || n % 100, n, "
ENQUIRY = (
    "INSERT INTO enquiries (tenant_id, enquiry_id, endpoint, reference, person, kind, asked_at, granted, "
)
FILLED = {
    retention.drop_events: (
        "events",
        "ix_events_at",
        f"{EVENT} 'HandRaised', {AT}, '{{}}' {TWENTY_THOUSAND}",
    ),
    retention.blank_reports: (
        "events",
        "ix_events_addresses",
        EVENT + f'\'AttendanceReady\', {AT}, \'{{"rows": [{{"ip": "192.0.2.1"}}]}}\' {TWENTY_THOUSAND}',
    ),
    retention.drop_enquiries: (
        "enquiries",
        "ix_enquiries_asked_at",
        ENQUIRY + f"duration_ms, why, response) SELECT '{TENANT}', n, '', '', '', '', {AT}, true, 1, '', '' "
        f"{TWENTY_THOUSAND}",
    ),
}


@pytest.fixture
def sent() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        seen.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("sweep", FILLED, ids=lambda sweep: sweep.__name__)
async def test_old_rows_are_found_by_their_index(
    works: Works, tenant: Tenant, clock: ManualClock, sent: list[tuple[str, Any]], sweep: Sweep
) -> None:
    table, index, fill = FILLED[sweep]
    async with works.begin() as work:
        await work.db.execute(text(fill))
        await work.db.execute(text(f"ANALYZE {table}"))
    async with works.begin() as work:
        cut = await Cut.after(work, timedelta(days=800))
        await retention.by_index(work)
        sent.clear()
        assert await sweep(work, cut) > 0
        [(statement, values)] = sent
        plan = await (await work.db.connection()).exec_driver_sql(f"EXPLAIN {statement}", values)
        lines = "\n".join(str(row[0]) for row in plan)
    assert index in lines
    assert f"Seq Scan on {table}" not in lines
