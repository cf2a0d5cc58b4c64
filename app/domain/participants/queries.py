"""Reading seats and links."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, String, bindparam, func, literal_column, select, true

from app.domain.classrooms.tables import Classroom, CommonLink
from app.domain.participants.tables import Participant
from app.domain.tenants.tables import Tenant
from app.domain.users.tables import User
from app.kit.lists import among, listed
from app.kit.lookups import looked_up
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, remember
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.lifecycle import OVER, State
from app.rules.refusals import LinkGone, NoGuests, NotHost, RoomClosed, UnknownLink, UnknownUser
from app.rules.seats import SeatRole


@dataclass(frozen=True)
class Door:
    """Where a link leads: a classroom and a role; the seat and its user unless a guest is to give a name."""

    classroom: Classroom
    role: SeatRole
    participant: Participant | None
    user: User | None

    @property
    def needs_name(self) -> bool:
        """Whether whoever comes by this link gives a name first."""
        return self.participant is None


class Held(NamedTuple):
    """A seat whose row is held, whose it is, and where."""

    seat: Participant
    user: User
    classroom: Classroom
    tenant: Tenant


SEAT, USER, CLASSROOM, TENANT = columns(Participant), columns(User), columns(Classroom), columns(Tenant)
SEAT_OF, USER_OF, CLASSROOM_OF, TENANT_OF = (
    loose(Participant),
    loose(User),
    loose(Classroom),
    loose(Tenant),
)
TENANT_ID: Final[ColumnElement[str]] = bindparam("tenant_id")
LINK: Final = select(bindparam("link", type_=String).label("link")).subquery("one")


def _behind(role: Any, *values: Any) -> Door:
    rest = iter(values)
    classroom = CLASSROOM_OF(*islice(rest, len(CLASSROOM)))
    seat, user = tuple(islice(rest, len(SEAT))), tuple(rest)
    if seat[0] is None:
        return Door(classroom, SeatRole(role), None, None)
    participant = SEAT_OF(*seat)
    return Door(classroom, SeatRole(participant.role), participant, USER_OF(*user))


def _held(*values: Any) -> Held:
    rest = iter(values)
    return Held(
        SEAT_OF(*islice(rest, len(SEAT))),
        USER_OF(*islice(rest, len(USER))),
        CLASSROOM_OF(*islice(rest, len(CLASSROOM))),
        TENANT_OF(*rest),
    )


DOOR: Final = Prepared(
    # A link is of a seat, or a common one.
    select(CommonLink.role, *CLASSROOM, *SEAT, *USER)
    .select_from(LINK)
    .outerjoin(Participant, (Participant.tenant_id == TENANT_ID) & (Participant.link == LINK.c.link))
    .outerjoin(CommonLink, (CommonLink.tenant_id == TENANT_ID) & (CommonLink.link == LINK.c.link))
    .outerjoin(User, (User.tenant_id == TENANT_ID) & (User.user_id == Participant.user_id))
    .join(
        Classroom,
        (Classroom.tenant_id == TENANT_ID)
        & (Classroom.classroom_id == func.coalesce(Participant.classroom_id, CommonLink.classroom_id)),
    ),
    into=_behind,
    reads=True,
)


async def door(work: Work, tenant_id: str, link: str) -> Door:
    """Where a link leads, to be read only; UnknownLink, LinkGone, NoGuests, RoomClosed or Banned."""
    door = await DOOR.one(work, tenant_id=tenant_id, link=link)
    if door is None:
        raise UnknownLink
    seat = door.participant
    if seat is not None and seat.removed_at is not None:
        raise LinkGone
    must_be_open(door.classroom)
    if seat is not None:
        must_be_clean(seat.banned_at, seat.banned_until, work.now)
    elif door.classroom.login_required:
        # Its common links only name roles.
        raise NoGuests
    return door


async def common_links(work: Work, tenant_id: str, classroom_id: str) -> dict[SeatRole, str]:
    """The classroom's common link for each role."""
    made: dict[SeatRole, str] | None = work.kept.get((CommonLink, (tenant_id, classroom_id)))
    if made is not None:
        return made
    found = await work.db.execute(
        select(CommonLink.role, CommonLink.link).where(
            CommonLink.tenant_id == tenant_id, CommonLink.classroom_id == classroom_id
        )
    )
    return {SeatRole(role): link for role, link in found}


async def seats_taken(work: Work, tenant_id: str, classroom_id: str, *, at_most: int) -> int:
    """How many seats a class has; no more than so many are counted."""
    some = (
        select(Participant.participant_id)
        .where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.removed_at.is_(None),
        )
        .limit(literal_column(str(at_most)))
        .subquery()
    )
    return await work.db.scalar(select(func.count()).select_from(some)) or 0


async def seats(work: Work, tenant_id: str, classroom_id: str) -> Sequence[Participant]:
    """The classroom's seats that were not taken away."""
    found = await work.db.scalars(
        select(Participant)
        .where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.removed_at.is_(None),
        )
        .order_by(Participant.participant_id)
    )
    return found.all()


async def seat_of(work: Work, tenant_id: str, classroom_id: str, user_id: str) -> Participant:
    """A user's seat in a classroom, read afresh, or UnknownUser."""
    found = await work.db.scalar(
        select(Participant)
        .where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.user_id == user_id,
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownUser(user_id)
    return found


OF_USERS: Final = Prepared(
    select(*SEAT).where(
        Participant.tenant_id == TENANT_ID,
        Participant.classroom_id == bindparam("classroom_id"),
        among(Participant.user_id, listed("user_ids")),
    ),
    into=SEAT_OF,
    reads=True,
)


async def seats_of(
    work: Work, tenant_id: str, classroom_id: str, user_ids: Collection[str]
) -> dict[str, Participant]:
    """The seats of these users in a classroom, by user; to be read only."""
    found = await OF_USERS.all(work, tenant_id=tenant_id, classroom_id=classroom_id, user_ids=list(user_ids))
    return {seat.user_id: seat for seat in found}


async def seated(work: Work, tenant_id: str, classroom_id: str, participant_ids: Collection[str]) -> set[str]:
    """Which of these have a seat in the classroom that was not taken away."""
    found = await work.db.scalars(
        select(Participant.participant_id).where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.participant_id.in_(participant_ids),
            Participant.removed_at.is_(None),
        )
    )
    return set(found)


async def named(work: Work, tenant_id: str, participant_id: str) -> tuple[Participant, User]:
    """A seat that is not taken away, with its user; LinkGone otherwise."""
    found = await work.db.execute(
        select(Participant, User)
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(
            Participant.tenant_id == tenant_id,
            Participant.participant_id == participant_id,
            Participant.removed_at.is_(None),
        )
    )
    row = found.one_or_none()
    if row is None:
        raise LinkGone
    return row[0], row[1]


async def held(work: Work, tenant_id: str, participant_id: str) -> Participant:
    """A seat with its row locked until the work ends, read afresh; LinkGone where there is none."""
    seat = await work.db.scalar(
        select(Participant)
        .where(Participant.tenant_id == tenant_id, Participant.participant_id == participant_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if seat is None:
        raise LinkGone
    return seat


WHOSE: Final = looked_up(User, User.tenant_id == Participant.tenant_id, User.user_id == Participant.user_id)

HOLD: Final = Prepared(
    select(*SEAT, *columns(WHOSE), *CLASSROOM, *TENANT)
    .select_from(Participant)
    .join(WHOSE, true())
    .join(
        Classroom,
        (Classroom.tenant_id == Participant.tenant_id) & (Classroom.classroom_id == Participant.classroom_id),
    )
    .join(Tenant, Tenant.tenant_id == Participant.tenant_id)
    .where(
        Participant.tenant_id == TENANT_ID,
        among(Participant.participant_id, listed("participant_ids")),
    )
    # In an order that is the same for all who hold some.
    .order_by(Participant.participant_id)
    .with_for_update(of=Participant, key_share=True),
    into=_held,
)


async def held_all(work: Work, tenant_id: str, participant_ids: Collection[str]) -> dict[str, Held]:
    """The seats of these ids with their rows locked until the work ends, read afresh; to be read only."""
    found = await HOLD.all(work, tenant_id=tenant_id, participant_ids=list(participant_ids))
    for held in found[:1]:
        remember(work, held.tenant, tenant_id)
        remember(work, held.classroom, tenant_id, held.classroom.classroom_id)
    return {held.seat.participant_id: held for held in found}


async def hold_all(work: Work, tenant_id: str, participant_ids: Collection[str]) -> None:
    """Lock the rows of many seats until the work ends, in an order that is the same for all."""
    await work.db.execute(
        select(Participant.participant_id)
        .where(Participant.tenant_id == tenant_id, among(Participant.participant_id, participant_ids))
        .order_by(Participant.participant_id)
        .with_for_update(key_share=True)
    )


async def by_ids(work: Work, tenant_id: str, participant_ids: Collection[str]) -> dict[str, Participant]:
    """The seats of these ids, those too that were taken away."""
    found = await work.db.scalars(
        select(Participant)
        .where(Participant.tenant_id == tenant_id, among(Participant.participant_id, participant_ids))
        .execution_options(populate_existing=True)
    )
    return {seat.participant_id: seat for seat in found}


async def must_host(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Refuse whoever is not a host of this classroom."""
    seat, _ = await named(work, tenant_id, participant_id)
    if seat.role != SeatRole.HOST or seat.classroom_id != classroom_id:
        raise NotHost


def must_be_open(classroom: Classroom) -> None:
    """Refuse whoever comes into a classroom that is over."""
    if State(classroom.state) in OVER:
        raise RoomClosed(classroom.state)
