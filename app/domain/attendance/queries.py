"""Reading the reports of lessons."""

from typing import Any

from sqlalchemy import literal_column, select

from app.domain.events.tables import Event
from app.kit.work import Work


async def of_classroom(
    work: Work, tenant_id: str, classroom_id: str, lesson_id: str | None = None
) -> list[dict[str, Any]]:
    """The classroom's attendance reports `{"lesson_id", "rows"}`, of one lesson or of all, in order."""
    wanted = select(Event.data).where(
        Event.tenant_id == tenant_id,
        Event.classroom_id == classroom_id,
        # As the index of reports is written.
        Event.kind == literal_column("'AttendanceReady'"),
    )
    if lesson_id is not None:
        wanted = wanted.where(Event.data["lesson_id"].astext == lesson_id)
    return list((await work.db.scalars(wanted.order_by(Event.seq))).all())
