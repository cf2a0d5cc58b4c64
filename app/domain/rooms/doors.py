"""The way in: who shows a credential and which room they name, in one statement."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    String,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.domain.classrooms.tables import Classroom
from app.domain.participants.tables import Participant
from app.domain.rooms.queries import a_room, every
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Credential, Tenant
from app.domain.users.queries import EMPTY
from app.domain.users.tables import User
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled
from app.kit.work import Work
from app.rules.seats import SeatRole

TENANT, CLASSROOM = columns(Tenant), columns(Classroom)
TENANT_OF, CLASSROOM_OF = loose(Tenant), loose(Classroom)


class Spot(NamedTuple):
    """What most calls need of a classroom."""

    tenant_id: str
    classroom_id: str
    created_at: datetime
    kind: str
    joint: bool
    reference: str | None

    @property
    def lingers(self) -> bool:
        """Whether it was reserved, as in `Classroom`."""
        return self.kind == "reserved"


SPOT = (
    Classroom.tenant_id,
    Classroom.classroom_id,
    Classroom.created_at,
    Classroom.kind,
    Classroom.joint,
    Classroom.reference,
)


class Sitting(NamedTuple):
    """Somebody's seat in a classroom, as far as it says what they may."""

    participant_id: str
    role: str
    observer: bool
    banned_at: datetime | None
    banned_until: datetime | None


SITTING = (
    Participant.participant_id,
    Participant.role,
    Participant.observer,
    Participant.banned_at,
    Participant.banned_until,
)


class Door(NamedTuple):
    """Whose a credential is, and the classroom that they call by the name that was asked for, if any."""

    tenant: Tenant
    secret: str
    reference: str
    name: str
    """What the customer calls whoever stands before it."""
    leads_somewhere: bool | None
    """Whether they lead in one of the tenant's classrooms; None where they sit in none."""
    spot: Spot | None
    seat: Sitting | None


def _door(reference: str, name: str, secret: str, leads: bool | None, *values: Any) -> Door:  # noqa: FBT001 - a column
    tenant, rest = values[: len(TENANT)], values[len(TENANT) :]
    spot, seat = rest[: len(SPOT)], rest[len(SPOT) :]
    return Door(
        TENANT_OF(*tenant),
        secret,
        reference,
        name,
        leads,
        Spot(*spot) if spot and spot[0] else None,
        Sitting(*seat) if seat and seat[0] else None,
    )


def _known(*which: ColumnElement[bool]) -> ScalarSelect[str]:
    mine = select(User.user_id).where(User.tenant_id == Tenant.tenant_id, *which)
    return mine.correlate(Tenant).scalar_subquery()


NAME: Final = bindparam("name", type_=String)
# Two looks with an index each, as `queries.called` has them: asked with OR, the database reads everybody.
WHO: Final = select(
    func.coalesce(
        _known(User.external_id == NAME, User.endpoint == EMPTY, User.external_id != EMPTY),
        _known(User.user_id == NAME, User.external_id == EMPTY),
    ).label("user_id")
).lateral("who")
ELSEWHERE = aliased(Participant)
SITS = and_(
    ELSEWHERE.tenant_id == Tenant.tenant_id,
    ELSEWHERE.user_id == WHO.c.user_id,
    ELSEWHERE.removed_at.is_(None),
)
LEADS: Final = case(
    (WHO.c.user_id.is_(None), null()),
    (exists().where(SITS, ELSEWHERE.role != literal_column(f"'{SeatRole.PARTICIPANT.value}'")), true()),
    (exists().where(SITS), false()),
)
SAT_DOWN: Final = and_(
    Participant.tenant_id == Tenant.tenant_id,
    Participant.classroom_id == Classroom.classroom_id,
    Participant.user_id == WHO.c.user_id,
    Participant.removed_at.is_(None),
)

DOOR: Final = Prepared(
    select(
        bindparam("reference", type_=String),
        NAME,
        Credential.secret,
        LEADS,
        *TENANT,
        *SPOT,
        *SITTING,
    )
    .join(Credential, Credential.tenant_id == Tenant.tenant_id)
    .outerjoin(
        Classroom,
        and_(
            Classroom.tenant_id == Tenant.tenant_id,
            Classroom.joint.is_(False),
            Classroom.endpoint == "",
            Classroom.reference == bindparam("reference"),
        ),
    )
    .join(WHO, true())
    .outerjoin(Participant, SAT_DOWN)
    .where(Credential.dialect == bindparam("dialect"), Credential.public_id == bindparam("public_id")),
    into=_door,
    reads=True,
)
FRONT: Final = Prepared(
    select(
        bindparam("reference", type_=String),
        NAME,
        Credential.secret,
        LEADS,
        *TENANT,
    )
    .join(Credential, Credential.tenant_id == Tenant.tenant_id)
    .join(WHO, true())
    .where(Credential.dialect == bindparam("dialect"), Credential.public_id == bindparam("public_id")),
    into=_door,
    reads=True,
)


def _behind(*values: Any) -> tuple[Spot, Sitting | None]:
    spot, seat = values[: len(SPOT)], values[len(SPOT) :]
    return Spot(*spot), Sitting(*seat) if seat[0] else None


BY_ID: Final = Prepared(
    select(*SPOT, *SITTING)
    .join(Tenant, Tenant.tenant_id == Classroom.tenant_id)
    .join(WHO, true())
    .outerjoin(Participant, SAT_DOWN)
    .where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=_behind,
    reads=True,
)


async def door(work: Work, dialect: str, public_id: str, reference: str, name: str) -> Door | None:
    """Who has this public id, with the classroom they call so, and the seat of whom they call by the name.

    The work goes on at their instant.
    """
    found = await DOOR.one(work, dialect=dialect, public_id=public_id, reference=reference, name=name)
    if found is not None:
        tenants.entered(work, found.tenant)
    return found


async def front(work: Work, dialect: str, public_id: str, name: str) -> Door | None:
    """The same where no classroom is asked for."""
    found = await FRONT.one(work, dialect=dialect, public_id=public_id, reference="", name=name)
    if found is not None:
        tenants.entered(work, found.tenant)
    return found


async def behind(work: Work, door: Door) -> tuple[Spot, Sitting | None]:
    """The classroom behind a door, and the seat there; UnknownClassroom where there is none."""
    found, seat = door.spot, door.seat
    if found is None and every(door.tenant):
        both = await BY_ID.one(
            work, tenant_id=door.tenant.tenant_id, classroom_id=door.reference, name=door.name
        )
        found, seat = both or (None, None)
    return a_room(found, door.reference), seat


def _both(*values: Any) -> tuple[Tenant, Classroom]:
    return TENANT_OF(*values[: len(TENANT)]), CLASSROOM_OF(*values[len(TENANT) :])


TOLD = Prepared(
    select(*TENANT, *CLASSROOM)
    .join(Classroom, Classroom.tenant_id == Tenant.tenant_id)
    .where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=_both,
    reads=True,
)


async def told(work: Work, tenant_id: str, classroom_id: str) -> tuple[Tenant, Classroom] | None:
    """A classroom in which something happened, as the work leaves it, and whose it is."""
    tenant = recalled(work, Tenant, tenant_id)
    classroom = recalled(work, Classroom, tenant_id, classroom_id)
    if tenant is not None and classroom is not None:
        return tenant, classroom
    return await TOLD.one(work, tenant_id=tenant_id, classroom_id=classroom_id)
