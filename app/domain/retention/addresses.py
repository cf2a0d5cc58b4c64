"""Where people came from and with which browser, blanked; that they were there stays."""

from typing import Final

from sqlalchemy import Boolean, and_, literal_column, or_, text, update
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.events.tables import NAMES_ADDRESSES, Event
from app.domain.presence.tables import Visit
from app.domain.retention.cutting import Cut, old, same
from app.kit.work import Work

REPORTS: Final = 200
"""In one work: a report may have hundreds of rows."""

STILL_TELLS: Final = literal_column(NAMES_ADDRESSES, Boolean)
BLANKED: Final = literal_column(
    """jsonb_set(events.data, '{rows}', (SELECT jsonb_agg(value || '{"ip": "", "user_agent": ""}' """
    "ORDER BY place) FROM jsonb_array_elements(events.data -> 'rows') WITH ORDINALITY AS r (value, place)))",
    JSONB,
)


async def blank_visits(work: Work, cut: Cut) -> int:
    """Blank the addresses and browsers of visits that are over."""
    blanked = 0
    for side in cut.sides(Visit.tenant_id, Visit.closed_at):
        told = and_(Visit.closed_at.is_not(None), or_(Visit.ip != text("''"), Visit.user_agent != text("''")))
        done = await work.db.execute(
            update(Visit)
            .where(same(Visit, old(Visit, Visit.closed_at, side, told)))
            .values(ip="", user_agent="")
            .returning(Visit.tenant_id)
            .execution_options(synchronize_session=False)
        )
        blanked += len(done.all())
    return blanked


async def blank_reports(work: Work, cut: Cut) -> int:
    """The same in the attendance reports."""
    blanked = 0
    for side in cut.sides(Event.tenant_id, Event.at):
        done = await work.db.execute(
            update(Event)
            .where(same(Event, old(Event, Event.at, side, STILL_TELLS, most=REPORTS)))
            .values(data=BLANKED)
            .returning(Event.tenant_id)
            .execution_options(synchronize_session=False)
        )
        blanked += len(done.all())
    return blanked
