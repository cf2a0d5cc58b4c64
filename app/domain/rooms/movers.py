"""Who came into a room or went, as far as those are told who follow it: read in one statement."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import all_, and_, bindparam, func, literal_column, select

from app.domain.participants.tables import Participant
from app.domain.presence.tables import Visit
from app.domain.properties.tables import Properties
from app.domain.rooms.queries import THEIRS, Placed
from app.domain.users.tables import User
from app.kit.lists import among, listed
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose
from app.kit.work import Work
from app.rules.properties import Scope


class Mover(NamedTuple):
    """Somebody with a seat, taken away or not, to be read only."""

    seat: Participant
    user: User
    properties: dict[str, Any]
    """What programs keep with the person."""
    earlier: bool
    """Whether they were in the room before, with none of the visits asked about."""
    present: int
    """How many people are in the room."""


SEAT, USER = columns(Participant), columns(User)
SEAT_OF, USER_OF = loose(Participant), loose(User)


def _mover(*values: Any) -> Mover:
    seat, user = values[: len(SEAT)], values[len(SEAT) : -3]
    tree, earlier, present = values[-3:]
    return Mover(SEAT_OF(*seat), USER_OF(*user), tree or {}, earlier, present)


def _statement() -> Any:
    tenant_id: Any = bindparam("tenant_id")
    classroom_id: Any = bindparam("classroom_id")
    kept = and_(
        Properties.tenant_id == tenant_id,
        Properties.classroom_id == classroom_id,
        Properties.scope == literal_column(f"'{Scope.PERSON.value}'"),
        Properties.subject == Participant.participant_id,
    )
    earlier = select(Visit.visit_id).where(
        Visit.tenant_id == tenant_id,
        Visit.participant_id == Participant.participant_id,
        Visit.visit_id != all_(listed("visit_ids")),
    )
    present = select(func.count(Visit.participant_id.distinct())).where(
        Visit.tenant_id == tenant_id, Visit.classroom_id == classroom_id, Visit.closed_at.is_(None)
    )
    return (
        select(*SEAT, *USER, Properties.value, earlier.exists(), present.scalar_subquery())
        .select_from(Participant)
        .join(User, THEIRS)
        .outerjoin(Properties, kept)
        .where(
            Participant.tenant_id == tenant_id, among(Participant.participant_id, listed("participant_ids"))
        )
    )


MOVERS: Final = Prepared(_statement(), into=_mover, reads=True)


async def movers(
    work: Work, room: Placed, participant_ids: Collection[str], besides: Collection[str]
) -> dict[str, Mover]:
    """These people, by seat, those left out who were erased; `besides` are visits that do not count."""
    found = await MOVERS.all(
        work,
        tenant_id=room.tenant_id,
        classroom_id=room.classroom_id,
        participant_ids=list(participant_ids),
        visit_ids=list(besides),
    )
    return {one.seat.participant_id: one for one in found}
