"""What stands in a person's calendar: the classrooms in which the person has a seat."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select

from app.domain.classrooms.series import series_of
from app.domain.classrooms.tables import Classroom
from app.domain.participants.tables import Participant
from app.kit.ical import Entry
from app.kit.work import Work
from app.rules.lifecycle import State
from app.rules.recurrence import over_at

KEPT = timedelta(days=90)
"""How long what is over, or was cancelled, stays in a calendar."""

MOST_ENTRIES = 2_000


async def timetable(
    work: Work, tenant_id: str, user_id: str, *, address: Callable[[str], str]
) -> list[Entry]:
    """The person's lessons to come and of the past 90 days; `address` makes a URL of the person's link.

    A standing classroom without a schedule has no times, and is left out.
    """
    since = work.now - KEPT
    found = await work.db.execute(_seated(tenant_id, user_id, since))
    entries = [_entry(classroom, address(link)) for classroom, link in found]
    return [entry for entry in reversed(entries) if _told(entry, since)]


def _seated(tenant_id: str, user_id: str, since: datetime) -> Select[Classroom, str]:
    once = and_(Classroom.kind == "once", Classroom.starts_at >= since)
    series = and_(Classroom.kind == "standing", func.cardinality(Classroom.weekdays) > 0)
    return (
        select(Classroom, Participant.link)
        .join(
            Participant,
            (Participant.tenant_id == Classroom.tenant_id)
            & (Participant.classroom_id == Classroom.classroom_id),
        )
        .where(
            Classroom.tenant_id == tenant_id,
            Participant.tenant_id == tenant_id,
            Participant.user_id == user_id,
            Participant.removed_at.is_(None),
            Classroom.starts_at.is_not(None),
            or_(Classroom.state != State.CANCELLED.value, Classroom.changed_at >= since),
            or_(once, series),
        )
        .order_by(Classroom.starts_at.desc(), Classroom.classroom_id)
        .limit(MOST_ENTRIES)
    )


def _told(entry: Entry, since: datetime) -> bool:
    ends_at = over_at(entry.series) if entry.series else None
    return ends_at is None or ends_at >= since


def _entry(classroom: Classroom, url: str) -> Entry:
    return Entry(
        uid=f"{classroom.classroom_id}@homeroom",
        revision=classroom.revision,
        created_at=classroom.created_at,
        changed_at=classroom.changed_at,
        title=classroom.title,
        text=classroom.description,
        url=url,
        cancelled=classroom.state == State.CANCELLED.value,
        starts_at=classroom.starts_at or classroom.created_at,
        timezone=classroom.timezone,
        minutes=classroom.duration_minutes,
        series=series_of(classroom),
    )
