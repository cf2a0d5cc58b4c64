"""Reserved classrooms for a work that changes them: held, and read with how they were reserved."""

from sqlalchemy import ColumnElement, and_, select

from app.domain.classrooms.tables import Classroom
from app.domain.rooms.queries import a_room, every
from app.domain.rooms.tables import Reservation
from app.domain.tenants.tables import Tenant
from app.domain.users.queries import EMPTY
from app.kit.work import Work
from app.rules.refusals import UnknownClassroom


async def held(work: Work, tenant: Tenant, reference: str) -> Classroom:
    """The classroom that the customer calls so, or of this id where every one is a room, its row locked."""
    called = and_(Classroom.joint.is_(False), Classroom.endpoint == EMPTY, Classroom.reference == reference)
    found = await _locked(work, tenant.tenant_id, called)
    if found is None and every(tenant):
        found = await _locked(work, tenant.tenant_id, Classroom.classroom_id == reference)
    return a_room(found and found[0], reference)


async def locked(work: Work, tenant_id: str, classroom_id: str) -> tuple[Classroom, Reservation | None]:
    """A classroom with its row locked until the work ends, and how it was reserved, if it was."""
    found: tuple[Classroom, Reservation | None] | None = work.kept.get((locked, tenant_id, classroom_id))
    found = found or await _locked(work, tenant_id, Classroom.classroom_id == classroom_id)
    if found is None:
        raise UnknownClassroom(classroom_id)
    return found


async def _locked(
    work: Work, tenant_id: str, which: ColumnElement[bool]
) -> tuple[Classroom, Reservation | None] | None:
    found = await work.db.execute(
        select(Classroom, Reservation)
        .outerjoin(
            Reservation,
            (Reservation.tenant_id == Classroom.tenant_id)
            & (Reservation.classroom_id == Classroom.classroom_id),
        )
        .where(Classroom.tenant_id == tenant_id, which)
        # As everywhere: rows that refer to the classroom can be inserted meanwhile.
        .with_for_update(of=Classroom, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    if row is None:
        return None
    both = work.kept[locked, tenant_id, row[0].classroom_id] = (row[0], row[1])
    return both
