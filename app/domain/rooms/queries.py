"""Reading classrooms as whoever reserved them names them, and the people in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.participants.tables import Participant
from app.domain.presence.tables import Visit
from app.domain.rooms.tables import Reservation
from app.domain.tenants.tables import Tenant
from app.domain.users.tables import User
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled
from app.kit.work import Work
from app.rules.refusals import UnknownClassroom, UnknownUser
from app.rules.seats import SeatRole

SWITCH = "rooms"
EVERY = "every_classroom"
"""The tenant's switch that makes all its classrooms rooms, by their ids; joint ones excepted."""


@dataclass(frozen=True)
class Seated:
    """Somebody with a seat: whether they are in the room, and when they last came or went."""

    participant: Participant
    user: User
    online: bool
    changed_at: datetime | None

    @property
    def name(self) -> str:
        """What the customer calls the person."""
        return known_as(self.user)


@dataclass(frozen=True)
class People:
    """A page of those with a seat: how many there are in all, these, and the number of the next."""

    total: int
    people: list[Seated]
    following: int | None


@dataclass(frozen=True)
class Wanted:
    """Which of those with a seat: all, or those of a role (who only watch, or not), or who are there."""

    role: SeatRole | None = None
    observer: bool = False
    online: bool = False


def known_as(user: User) -> str:
    """The customer's own id of a person, or ours where there is none."""
    return user.external_id or user.user_id


async def named(work: Work, tenant: Tenant, reference: str) -> Classroom:
    """The classroom that the customer calls so, or of this id where every classroom is a room."""
    found = await classrooms.by_reference(work, tenant.tenant_id, reference, joint=False)
    if found is None and every(tenant):
        found = await work.db.get(Classroom, (tenant.tenant_id, reference))
    if found is None or found.joint or (found.lingers and found.reference is None):
        raise UnknownClassroom(reference)
    return found


TENANT, CLASSROOM = columns(Tenant), columns(Classroom)
TENANT_OF, CLASSROOM_OF = loose(Tenant), loose(Classroom)


def _both(*values: Any) -> tuple[Tenant, Classroom]:
    return TENANT_OF(*values[: len(TENANT)]), CLASSROOM_OF(*values[len(TENANT) :])


TOLD = Prepared(
    select(*TENANT, *CLASSROOM)
    .join(Classroom, Classroom.tenant_id == Tenant.tenant_id)
    .where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=_both,
)


async def told(work: Work, tenant_id: str, classroom_id: str) -> tuple[Tenant, Classroom] | None:
    """A classroom in which something happened, as the work leaves it, and whose it is."""
    tenant = recalled(work, Tenant, tenant_id)
    classroom = recalled(work, Classroom, tenant_id, classroom_id)
    if tenant is not None and classroom is not None:
        return tenant, classroom
    return await TOLD.one(work, tenant_id=tenant_id, classroom_id=classroom_id)


async def reserved(work: Work, classroom: Classroom) -> Reservation | None:
    """What is known of it beyond what every classroom has; None where it was not reserved."""
    return await work.db.get(Reservation, (classroom.tenant_id, classroom.classroom_id))


async def reservation(work: Work, classroom: Classroom) -> Reservation:
    """The same of a classroom that was reserved."""
    found = await reserved(work, classroom)
    if found is None:
        raise UnknownClassroom(classroom.classroom_id)
    return found


async def latest_lesson(work: Work, classroom: Classroom) -> Lesson | None:
    """The lesson that is live, or the last that was."""
    return await work.db.scalar(
        select(Lesson)
        .where(Lesson.tenant_id == classroom.tenant_id, Lesson.classroom_id == classroom.classroom_id)
        .order_by(Lesson.started_at.desc())
        .limit(1)
    )


async def person(work: Work, tenant_id: str, name: str) -> User | None:
    """Somebody whom the customer calls so, if there is one."""
    return await work.db.scalar(
        select(User).where(User.tenant_id == tenant_id, User.external_id == name, User.endpoint == "")
    )


async def seated(work: Work, classroom: Classroom, name: str) -> Seated:
    """Somebody with a seat in the classroom, by the customer's name, or UnknownUser."""
    by_id = (User.user_id == name) & (User.external_id == "")
    found = await work.db.execute(_seats(classroom, Wanted()).where(or_(User.external_id == name, by_id)))
    row = found.one_or_none()
    if row is None:
        raise UnknownUser(name)
    return Seated(row[0], row[1], row[2], row[3])


async def page(
    work: Work, classroom: Classroom, wanted: Wanted, *, since: int = 1, limit: int = 100
) -> People:
    """Those with a seat from the so-manieth on, in the order of the seats' ids."""
    every = _seats(classroom, wanted)
    total = await work.db.scalar(select(func.count()).select_from(every.subquery())) or 0
    first = max(since, 1)
    found = await work.db.execute(every.order_by(Participant.participant_id).offset(first - 1).limit(limit))
    people = [Seated(row[0], row[1], row[2], row[3]) for row in found]
    following = first + len(people)
    return People(total, people, following if people and following <= total else None)


def _seats(classroom: Classroom, wanted: Wanted) -> Any:
    visits = and_(
        Visit.tenant_id == classroom.tenant_id,
        Visit.classroom_id == classroom.classroom_id,
        Visit.participant_id == Participant.participant_id,
    )
    there = select(Visit.visit_id).where(visits, Visit.closed_at.is_(None)).exists()
    moved = select(func.max(func.coalesce(Visit.closed_at, Visit.opened_at))).where(visits)
    seats = (
        select(Participant, User, there, moved.scalar_subquery())
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(
            Participant.tenant_id == classroom.tenant_id,
            Participant.classroom_id == classroom.classroom_id,
            Participant.removed_at.is_(None),
        )
    )
    if wanted.role is not None:
        seats = seats.where(Participant.role == wanted.role.value, Participant.observer.is_(wanted.observer))
    return seats.where(there) if wanted.online else seats


async def taken_roles(work: Work, classroom: Classroom, besides: str) -> set[str]:
    """The roles of those with a seat who do more than watch, one person left out."""
    found = await work.db.scalars(
        select(Participant.role)
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(
            Participant.tenant_id == classroom.tenant_id,
            Participant.classroom_id == classroom.classroom_id,
            Participant.removed_at.is_(None),
            Participant.observer.is_(False),
            User.external_id != besides,
        )
    )
    return set(found)


def name_of(tenant: Tenant, classroom: Classroom) -> str | None:
    """What pollers call a classroom; None where it is no room to them."""
    if classroom.lingers:
        return classroom.reference
    return classroom.classroom_id if every(tenant) and not classroom.joint else None


def every(tenant: Tenant) -> bool:
    """Whether each of the tenant's classrooms is a room."""
    return bool(tenant.settings.get("switches", {}).get(SWITCH, {}).get(EVERY))
