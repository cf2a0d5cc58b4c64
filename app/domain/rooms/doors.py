"""The way in: who shows a credential and which room they name, in one statement."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import String, and_, bindparam, select

from app.domain.classrooms.tables import Classroom
from app.domain.rooms.queries import a_room, every
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Credential, Tenant
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, recalled
from app.kit.work import Work

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


class Door(NamedTuple):
    """Whose a credential is, and the classroom that they call by the name that was asked for, if any."""

    tenant: Tenant
    secret: str
    reference: str
    spot: Spot | None


def _door(reference: str, secret: str, *values: Any) -> Door:
    mine = values[len(TENANT) :]
    return Door(TENANT_OF(*values[: len(TENANT)]), secret, reference, Spot(*mine) if mine[0] else None)


DOOR: Final = Prepared(
    select(bindparam("reference", type_=String), Credential.secret, *TENANT, *SPOT)
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
    .where(Credential.dialect == bindparam("dialect"), Credential.public_id == bindparam("public_id")),
    into=_door,
    reads=True,
)
BY_ID: Final = Prepared(
    select(*SPOT).where(
        Classroom.tenant_id == bindparam("tenant_id"), Classroom.classroom_id == bindparam("classroom_id")
    ),
    into=Spot,
    reads=True,
)


async def door(work: Work, dialect: str, public_id: str, reference: str) -> Door | None:
    """Who has this public id, with the classroom they call so; the work goes on at their instant."""
    found = await DOOR.one(work, dialect=dialect, public_id=public_id, reference=reference)
    if found is not None:
        tenants.entered(work, found.tenant)
    return found


async def behind(work: Work, door: Door) -> Spot:
    """The classroom behind a door; UnknownClassroom where there is none."""
    found = door.spot
    if found is None and every(door.tenant):
        found = await BY_ID.one(work, tenant_id=door.tenant.tenant_id, classroom_id=door.reference)
    return a_room(found, door.reference)


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
