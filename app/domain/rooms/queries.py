"""Reading classrooms as whoever reserved them names them, and the people in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, or_, select

from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.participants.tables import Participant
from app.domain.presence.tables import Visit
from app.domain.properties.tables import Properties
from app.domain.rooms.tables import Reservation
from app.domain.tenants.tables import Tenant
from app.domain.users.queries import EMPTY, search_key
from app.domain.users.tables import User
from app.kit.lists import at_most
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose
from app.kit.work import Work
from app.rules.properties import Scope
from app.rules.refusals import UnknownClassroom, UnknownUser
from app.rules.seats import SeatRole

SWITCH = "rooms"
EVERY = "every_classroom"
"""The tenant's switch that makes all its classrooms rooms, by their ids; joint ones excepted."""


TRUST = "trust_launch_role"
"""The tenant's switch that lets the address of a launch link name a role that nothing signs."""


def trusts_addresses(tenant: Tenant) -> bool:
    """What the tenant's switch says; where it says nothing, test tenants do, so that old links run there."""
    told = tenant.settings.get("switches", {}).get(SWITCH, {}).get(TRUST)
    return tenant.test if told is None else bool(told)


class Placed(Protocol):
    """A classroom, as far as it is looked into."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def classroom_id(self) -> str: ...


class Named(Protocol):
    """A classroom, as far as its name goes."""

    @property
    def joint(self) -> bool: ...
    @property
    def lingers(self) -> bool: ...
    @property
    def reference(self) -> str | None: ...


N = TypeVar("N", bound=Named)


class Shown(NamedTuple):
    """Somebody with a seat: whether they are in the room, and when they last came or went."""

    participant_id: str
    classroom_id: str
    role: str
    observer: bool
    user_id: str
    external_id: str
    user_name: str
    online: bool
    changed_at: datetime | None

    @property
    def name(self) -> str:
        """What the customer calls the person."""
        return self.external_id or self.user_id


class Seated(NamedTuple):
    """A seat, and whose it is."""

    participant: Participant
    user: User

    @property
    def name(self) -> str:
        """What the customer calls the person."""
        return known_as(self.user)


@dataclass(frozen=True)
class People:
    """A page of those with a seat: how many there are in all, these, and the number of the next."""

    total: int
    people: list[Shown]
    following: int | None


@dataclass(frozen=True)
class Wanted:
    """Which of those with a seat: all, those of a role (who only watch, or not), or whom a name fits.

    `muted`: those who may not speak in the chat, which are all who do not lead where it is muted.
    """

    role: SeatRole | None = None
    observer: bool = False
    muted: bool = False
    name: str = ""


def known_as(user: User) -> str:
    """The customer's own id of a person, or ours where there is none."""
    return user.external_id or user.user_id


async def named(work: Work, tenant: Tenant, reference: str) -> Classroom:
    """The classroom that the customer calls so, or of this id where every classroom is a room."""
    found = await classrooms.by_reference(work, tenant.tenant_id, reference, joint=False)
    if found is None and every(tenant):
        found = await work.db.get(Classroom, (tenant.tenant_id, reference))
    return a_room(found, reference)


def a_room(found: N | None, reference: str) -> N:
    """What was found under a name, or UnknownClassroom where it is no room to the customer's programs."""
    if found is None or found.joint or (found.lingers and found.reference is None):
        raise UnknownClassroom(reference)
    return found


async def reserved(work: Work, classroom: Placed) -> Reservation | None:
    """What is known of it beyond what every classroom has; None where it was not reserved."""
    return await work.db.get(Reservation, (classroom.tenant_id, classroom.classroom_id))


async def reservation(work: Work, classroom: Placed) -> Reservation:
    """The same of a classroom that was reserved."""
    found = await reserved(work, classroom)
    if found is None:
        raise UnknownClassroom(classroom.classroom_id)
    return found


LATEST: Final = Prepared(
    select(*columns(Lesson))
    .where(Lesson.tenant_id == bindparam("tenant_id"), Lesson.classroom_id == bindparam("classroom_id"))
    .order_by(Lesson.started_at.desc())
    .limit(literal_column("1")),
    into=loose(Lesson),
    reads=True,
)


async def latest_lesson(work: Work, classroom: Placed) -> Lesson | None:
    """The lesson that is live, or the last that was; to be read only."""
    return await LATEST.one(work, tenant_id=classroom.tenant_id, classroom_id=classroom.classroom_id)


async def seated(work: Work, classroom: Placed, name: str) -> Seated:
    """Somebody with a seat in the classroom, by the customer's name, or UnknownUser."""
    wanted = (
        select(Participant, User).join(User, THEIRS).where(*_in(classroom.tenant_id, classroom.classroom_id))
    )
    found = (await work.db.execute(wanted.where(_called(name)))).one_or_none()
    if found is None:
        raise UnknownUser(name)
    return Seated(*found)


async def shown(work: Work, classroom: Placed, name: str) -> tuple[Shown, dict[str, Any]]:
    """The same as it is shown, with the properties that programs keep with the person."""
    found = await SHOWN.one(
        work, tenant_id=classroom.tenant_id, classroom_id=classroom.classroom_id, name=name
    )
    if found is None:
        raise UnknownUser(name)
    return found


async def page(work: Work, classroom: Placed, wanted: Wanted, *, since: int = 1, limit: int = 100) -> People:
    """Those with a seat from the so-manieth on, in the order of the seats' ids."""
    if wanted.muted and not await _is_muted(work, classroom):
        return People(0, [], None)
    every = _seats(classroom.tenant_id, classroom.classroom_id, wanted)
    total = await work.db.scalar(select(func.count()).select_from(every.subquery())) or 0
    first = max(since, 1)
    found = await work.db.execute(
        every.order_by(Participant.participant_id).offset(first - 1).limit(at_most(limit))
    )
    people = [Shown(*row) for row in found]
    following = first + len(people)
    return People(total, people, following if people and following <= total else None)


async def _is_muted(work: Work, classroom: Placed) -> bool:
    found = await classrooms.by_id(work, classroom.tenant_id, classroom.classroom_id)
    return bool(found.controls.get("muted"))


THEIRS: Final = (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id)


def _in(tenant_id: Any, classroom_id: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        Participant.tenant_id == tenant_id,
        Participant.classroom_id == classroom_id,
        Participant.removed_at.is_(None),
    )


def _called(name: Any) -> ColumnElement[bool]:
    return or_(
        (User.external_id == name) & (User.external_id != EMPTY),
        (User.user_id == name) & (User.external_id == EMPTY),
    )


def _seats(tenant_id: Any, classroom_id: Any, wanted: Wanted) -> Any:
    visits = and_(
        Visit.tenant_id == tenant_id,
        Visit.classroom_id == classroom_id,
        Visit.participant_id == Participant.participant_id,
    )
    there = select(Visit.visit_id).where(visits, Visit.closed_at.is_(None)).exists()
    moved = select(func.max(func.coalesce(Visit.closed_at, Visit.opened_at))).where(visits)
    seats = (
        select(
            Participant.participant_id,
            Participant.classroom_id,
            Participant.role,
            Participant.observer,
            User.user_id,
            User.external_id,
            User.name,
            there,
            moved.scalar_subquery(),
        )
        .join(User, THEIRS)
        .where(*_in(tenant_id, classroom_id))
    )
    if wanted.role is not None:
        seats = seats.where(Participant.role == wanted.role.value, Participant.observer.is_(wanted.observer))
    if wanted.muted:
        seats = seats.where(Participant.role == literal_column(f"'{SeatRole.PARTICIPANT.value}'"))
    if wanted.name:
        seats = seats.where(User.name_key.contains(search_key(wanted.name), autoescape=True))
    return seats


def _shown(*values: Any) -> tuple[Shown, dict[str, Any]]:
    return Shown(*values[:-1]), values[-1] or {}


def _one_seat() -> Any:
    tenant_id: Any = bindparam("tenant_id")
    classroom_id: Any = bindparam("classroom_id")
    name: Any = bindparam("name")
    theirs = (
        select(Properties.value)
        .where(
            Properties.tenant_id == tenant_id,
            Properties.classroom_id == classroom_id,
            Properties.scope == literal_column(f"'{Scope.PERSON.value}'"),
            Properties.subject == Participant.participant_id,
        )
        .scalar_subquery()
    )
    return _seats(tenant_id, classroom_id, Wanted()).where(_called(name)).add_columns(theirs)


SHOWN: Final = Prepared(_one_seat(), into=_shown, reads=True)


async def taken_roles(work: Work, classroom: Placed, besides: str) -> set[str]:
    """The roles of those who do more than watch and are there, or are still to come; one person left out.

    Who went, or was put out, has given the place free.
    """
    visits = (Visit.tenant_id == classroom.tenant_id, Visit.participant_id == Participant.participant_id)
    there = exists().where(*visits, Visit.closed_at.is_(None))
    was_there = exists().where(*visits)
    found = await work.db.scalars(
        select(Participant.role)
        .join(User, THEIRS)
        .where(
            *_in(classroom.tenant_id, classroom.classroom_id),
            Participant.observer.is_(False),
            User.external_id != besides,
            or_(Participant.banned_at.is_(None), Participant.banned_until <= work.now),
            or_(there, ~was_there),
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
