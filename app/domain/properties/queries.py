"""Reading properties."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.domain.participants.tables import Participant
from app.domain.properties.tables import Properties
from app.kit.work import Work
from app.rules.properties import Scope


async def of_room(work: Work, tenant_id: str, classroom_id: str) -> dict[str, Any]:
    """The room's own properties."""
    found = await work.db.scalar(
        select(Properties.value).where(_in(tenant_id, classroom_id), Properties.scope == Scope.ROOM.value)
    )
    return found or {}


async def of_people(
    work: Work, tenant_id: str, classroom_id: str, participant_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The properties of each of these people; an empty tree where nobody put any."""
    found = await work.db.execute(
        select(Properties.subject, Properties.value).where(
            _in(tenant_id, classroom_id),
            Properties.scope == Scope.PERSON.value,
            Properties.subject.in_(participant_ids),
        )
    )
    known = {row.subject: row.value for row in found}
    return {participant_id: known.get(participant_id, {}) for participant_id in participant_ids}


async def standing(work: Work, tenant_id: str, classroom_id: str) -> Sequence[Properties]:
    """All properties in a room, but those of people whose seat was taken away."""
    seated = (Participant.tenant_id == Properties.tenant_id) & (
        Participant.participant_id == Properties.participant_id
    )
    found = await work.db.scalars(
        select(Properties)
        .outerjoin(Participant, seated)
        .where(_in(tenant_id, classroom_id), Participant.removed_at.is_(None))
        .order_by(Properties.scope, Properties.subject)
    )
    return found.all()


async def parts(work: Work, tenant_id: str, classroom_id: str) -> int:
    """How many parts of the room have properties."""
    found = await work.db.scalar(
        select(func.count()).where(
            _in(tenant_id, classroom_id), Properties.scope.in_((Scope.APP.value, Scope.WIDGET.value))
        )
    )
    return found or 0


async def people(work: Work, tenant_id: str, classroom_id: str) -> int:
    """How many people in the room have properties."""
    found = await work.db.scalar(
        select(func.count()).where(_in(tenant_id, classroom_id), Properties.scope == Scope.PERSON.value)
    )
    return found or 0


def _in(tenant_id: str, classroom_id: str) -> ColumnElement[bool]:
    return (Properties.tenant_id == tenant_id) & (Properties.classroom_id == classroom_id)
