"""Reading joint classrooms and who is in them, with what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select

from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.joint.paging import given, page_of
from app.domain.participants.tables import Participant
from app.domain.presence.tables import Visit
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.refusals import UnknownClassroom, UnknownThing
from app.rules.seats import SeatRole


@dataclass(frozen=True)
class Arranged:
    """A joint classroom, who teaches in it, since when, and its lessons: their span and counted seconds."""

    classroom: Classroom
    teacher: User | None
    teacher_came_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    seconds: int


@dataclass(frozen=True)
class Seated:
    """Somebody's seat in a joint classroom, with the span of their visits; no end while one is open."""

    participant: Participant
    user: User
    classroom: Classroom
    came_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True)
class Wanted:
    """Which classrooms; None: whatever it is. The bounds are among those wanted."""

    reference: str | None = None
    starts_until: datetime | None = None
    starts_from: datetime | None = None
    teacher: str | None = None
    teacher_came: bool | None = None


@dataclass(frozen=True)
class WantedSeats:
    """Which seats; None: whatever it is. The bounds are among those wanted."""

    reference: str | None = None
    person: str | None = None
    teaches: bool | None = None
    came_until: datetime | None = None
    came_from: datetime | None = None
    left_until: datetime | None = None
    left_from: datetime | None = None
    nobody: bool = False
    """Wanted is what nobody has: a rating, so far."""


async def page(
    work: Work, tenant_id: str, endpoint: str, wanted: Wanted, number: int
) -> tuple[int, list[Arranged]]:
    """How many classrooms of an endpoint are wanted, and a page of them, the latest made first."""
    count, rows = await page_of(work, _classrooms(tenant_id, endpoint, wanted), number)
    return count, await _arranged(work, tenant_id, rows)


async def one(work: Work, tenant_id: str, endpoint: str, classroom_id: str) -> Arranged:
    """A joint classroom of an endpoint, or UnknownClassroom."""
    rows = await work.db.execute(
        _classrooms(tenant_id, endpoint, Wanted())
        .where(Classroom.classroom_id == classroom_id)
        .execution_options(populate_existing=True)
    )
    found = await _arranged(work, tenant_id, rows.all())
    if not found:
        raise UnknownClassroom(classroom_id)
    return found[0]


async def page_of_seats(
    work: Work, tenant_id: str, endpoint: str, wanted: WantedSeats, number: int
) -> tuple[int, list[Seated]]:
    """How many seats at an endpoint are wanted, and a page of them, the latest classroom first."""
    count, rows = await page_of(work, _seats(tenant_id, endpoint, wanted), number)
    return count, [Seated(*row) for row in rows]


async def seat(work: Work, tenant_id: str, endpoint: str, participant_id: str) -> Seated:
    """A seat in a joint classroom of an endpoint, or UnknownThing."""
    wanted = _seats(tenant_id, endpoint, WantedSeats()).where(Participant.participant_id == participant_id)
    rows: Sequence[Any] = (await work.db.execute(wanted)).all()
    if not rows:
        what = "participant"
        raise UnknownThing(what, participant_id)
    return Seated(*rows[0])


def _classrooms(tenant_id: str, endpoint: str, wanted: Wanted) -> Any:
    came = (
        select(func.min(Visit.opened_at))
        .join(
            Participant,
            and_(
                Participant.tenant_id == Visit.tenant_id, Participant.participant_id == Visit.participant_id
            ),
        )
        .where(
            Visit.tenant_id == tenant_id,
            Visit.classroom_id == Classroom.classroom_id,
            Participant.role == SeatRole.HOST.value,
        )
        .correlate(Classroom)
        .scalar_subquery()
    )
    teacher = and_(User.tenant_id == Classroom.tenant_id, User.user_id == Classroom.owner_id)
    announced = Classroom.terms["teacher"].astext
    conditions = given(
        (wanted.reference, lambda value: Classroom.reference == value),
        (wanted.starts_until, lambda value: Classroom.starts_at <= value),
        (wanted.starts_from, lambda value: Classroom.starts_at >= value),
        (wanted.teacher, lambda value: or_(User.external_id == value, announced == value)),
        (wanted.teacher_came, lambda value: came.is_not(None) if value else came.is_(None)),
    )
    return (
        select(Classroom, User, came.label("came"))
        .outerjoin(User, teacher)
        .where(Classroom.tenant_id == tenant_id, Classroom.joint, Classroom.endpoint == endpoint, *conditions)
        .order_by(Classroom.created_at.desc(), Classroom.classroom_id)
    )


async def _arranged(work: Work, tenant_id: str, rows: Sequence[Any]) -> list[Arranged]:
    lessons = await work.db.execute(
        select(
            Lesson.classroom_id,
            func.min(Lesson.started_at).label("started_at"),
            func.max(Lesson.ended_at).label("ended_at"),
            func.bool_or(Lesson.ended_at.is_(None)).label("live"),
            func.sum(Lesson.counted_seconds).label("seconds"),
        )
        .where(
            Lesson.tenant_id == tenant_id,
            Lesson.classroom_id.in_([classroom.classroom_id for classroom, _, _ in rows]),
        )
        .group_by(Lesson.classroom_id)
    )
    held = {row.classroom_id: row for row in lessons}
    found = []
    for classroom, teacher, came in rows:
        row = held.get(classroom.classroom_id)
        found.append(
            Arranged(
                classroom,
                teacher,
                came,
                row.started_at if row else None,
                row.ended_at if row and not row.live else None,
                int(row.seconds) if row else 0,
            )
        )
    return found


def _seats(tenant_id: str, endpoint: str, wanted: WantedSeats) -> Any:
    visits = (
        select(
            Visit.participant_id,
            func.min(Visit.opened_at).label("came"),
            func.max(Visit.closed_at).label("closed"),
            func.bool_or(Visit.closed_at.is_(None)).label("here"),
        )
        .where(Visit.tenant_id == tenant_id)
        .group_by(Visit.participant_id)
        .subquery()
    )
    left = case((~visits.c.here, visits.c.closed), else_=None)
    teaches = Participant.role == SeatRole.HOST.value
    conditions = given(
        (wanted.reference, lambda value: Classroom.reference == value),
        (wanted.person, lambda value: User.external_id == value),
        (wanted.teaches, lambda value: teaches if value else ~teaches),
        (wanted.came_until, lambda value: visits.c.came <= value),
        (wanted.came_from, lambda value: visits.c.came >= value),
        (wanted.left_until, lambda value: left <= value),
        (wanted.left_from, lambda value: left >= value),
        (wanted.nobody or None, lambda _: false()),
    )
    return (
        select(Participant, User, Classroom, visits.c.came, left.label("left"))
        .join(User, and_(User.tenant_id == Participant.tenant_id, User.user_id == Participant.user_id))
        .join(
            Classroom,
            and_(
                Classroom.tenant_id == Participant.tenant_id,
                Classroom.classroom_id == Participant.classroom_id,
            ),
        )
        .outerjoin(visits, visits.c.participant_id == Participant.participant_id)
        .where(
            Participant.tenant_id == tenant_id, Classroom.joint, Classroom.endpoint == endpoint, *conditions
        )
        .order_by(Classroom.created_at.desc(), Classroom.classroom_id, Participant.participant_id)
    )
