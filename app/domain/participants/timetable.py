"""What stands in a person's calendar: the classrooms in which the person has a seat, or is to teach."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from app.domain.classrooms.series import series_of
from app.domain.classrooms.tables import Classroom
from app.domain.outbox import endpoints
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.ical import Entry
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.lifecycle import State
from app.rules.recurrence import over_at

KEPT = timedelta(days=90)
"""How long what is over, or was cancelled, stays in a calendar."""

MOST_ENTRIES = 2_000
TEACHER: ColumnElement[str] = literal_column("'teacher'")
EMPTY: ColumnElement[str] = literal_column("''")
"""Written into the statement, so that the database knows that the partial index will do."""


async def timetable(work: Work, user: User, *, address: Callable[[Classroom, str], str]) -> list[Entry]:
    """The person's lessons to come and of the past 90 days; `address` makes a URL of the person's link.

    A standing classroom without a schedule has no times, and is left out. A joint one lasts from its start to
    its end; whoever is to teach there has it without a seat (and without a link) too.
    """
    since = work.now - KEPT
    found = {room.classroom_id: (room, link) for room, link in await _seated(work, user, since)}
    for room in await _taught(work, user, since):
        found.setdefault(room.classroom_id, (room, ""))
    rows = sorted(
        found.values(), key=lambda row: (row[0].starts_at or row[0].created_at, row[0].classroom_id)
    )
    entries = [_entry(classroom, address(classroom, link)) for classroom, link in rows[-MOST_ENTRIES:]]
    return [entry for entry in entries if _told(entry, since)]


async def _seated(work: Work, user: User, since: datetime) -> Sequence[Any]:
    once = and_(Classroom.kind != "standing", Classroom.starts_at >= since)
    series = and_(Classroom.kind == "standing", func.cardinality(Classroom.weekdays) > 0)
    found = await work.db.execute(
        select(Classroom, Participant.link)
        .join(
            Participant,
            (Participant.tenant_id == Classroom.tenant_id)
            & (Participant.classroom_id == Classroom.classroom_id),
        )
        .where(
            Classroom.tenant_id == user.tenant_id,
            Participant.tenant_id == user.tenant_id,
            Participant.user_id == user.user_id,
            Participant.removed_at.is_(None),
            Classroom.starts_at.is_not(None),
            _not_long_cancelled(since),
            or_(once, series, _joint(since)),
        )
        .order_by(Classroom.starts_at.desc(), Classroom.classroom_id)
        .limit(at_most(MOST_ENTRIES))
    )
    return found.all()


async def _taught(work: Work, user: User, since: datetime) -> Sequence[Classroom]:
    """The joint classrooms whose announced teacher this is, by the customer's own id."""
    if not user.external_id:
        return ()
    announced = Classroom.terms.op("->>")(TEACHER)
    found = await work.db.scalars(
        select(Classroom)
        .where(
            Classroom.tenant_id == user.tenant_id,
            announced == user.external_id,
            announced != EMPTY,
            Classroom.endpoint == (user.endpoint or endpoints.DEFAULT),
            Classroom.starts_at.is_not(None),
            _not_long_cancelled(since),
            _joint(since),
        )
        .order_by(Classroom.starts_at.desc(), Classroom.classroom_id)
        .limit(at_most(MOST_ENTRIES))
    )
    return found.all()


def _joint(since: datetime) -> ColumnElement[bool]:
    return and_(Classroom.joint, func.coalesce(Classroom.ends_on, Classroom.starts_at) >= since)


def _not_long_cancelled(since: datetime) -> ColumnElement[bool]:
    return or_(Classroom.state != State.CANCELLED.value, Classroom.changed_at >= since)


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
        minutes=_minutes(classroom),
        series=series_of(classroom),
    )


def _minutes(classroom: Classroom) -> int | None:
    """How long it takes; a joint classroom is as long as it was arranged, or nobody knows."""
    if not classroom.joint:
        return classroom.duration_minutes
    if classroom.ends_on is None or classroom.starts_at is None:
        return None
    return round((classroom.ends_on - classroom.starts_at) / timedelta(minutes=1))
