"""Reading seats and links."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, CollectionAggregate, String, any_, cast, select

from app.domain.classrooms.tables import Classroom, CommonLink
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.lifecycle import OVER, State
from app.rules.refusals import LinkGone, NotHost, RoomClosed, UnknownLink, UnknownUser
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


async def door(work: Work, tenant_id: str, link: str) -> Door:
    """Where a link leads; UnknownLink, LinkGone, RoomClosed or Banned."""
    found = await work.db.execute(
        select(Classroom, Participant, User)
        .join(
            Participant,
            (Participant.tenant_id == Classroom.tenant_id)
            & (Participant.classroom_id == Classroom.classroom_id),
        )
        .join(User, (User.tenant_id == Participant.tenant_id) & (User.user_id == Participant.user_id))
        .where(Classroom.tenant_id == tenant_id, Participant.tenant_id == tenant_id, Participant.link == link)
    )
    row = found.one_or_none()
    if row is not None:
        classroom, participant, user = row
        if participant.removed_at is not None:
            raise LinkGone
        _must_be_open(classroom)
        must_be_clean(participant.banned_at, participant.banned_until, work.now)
        return Door(classroom, SeatRole(participant.role), participant, user)
    common = await work.db.execute(
        select(Classroom, CommonLink.role)
        .join(
            CommonLink,
            (CommonLink.tenant_id == Classroom.tenant_id)
            & (CommonLink.classroom_id == Classroom.classroom_id),
        )
        .where(Classroom.tenant_id == tenant_id, CommonLink.tenant_id == tenant_id, CommonLink.link == link)
    )
    shared = common.one_or_none()
    if shared is None:
        raise UnknownLink
    classroom, role = shared
    _must_be_open(classroom)
    if classroom.login_required:
        # A class that asks for a login has no guests: its common links only name roles.
        raise LinkGone
    return Door(classroom, SeatRole(role), None, None)


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


async def seats_of_user(work: Work, tenant_id: str, user_id: str) -> Sequence[Participant]:
    """All seats that a user has or had."""
    found = await work.db.scalars(
        select(Participant)
        .where(Participant.tenant_id == tenant_id, Participant.user_id == user_id)
        .order_by(Participant.classroom_id)
    )
    return found.all()


async def seat_of(work: Work, tenant_id: str, classroom_id: str, user_id: str) -> Participant:
    """A user's seat in a classroom, or UnknownUser."""
    found = await work.db.scalar(
        select(Participant).where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.user_id == user_id,
        )
    )
    if found is None:
        raise UnknownUser(user_id)
    return found


async def has_seat(work: Work, tenant_id: str, classroom_id: str, user_id: str) -> bool:
    """Whether a user has a seat in a classroom that was not taken away."""
    found = await work.db.scalar(
        select(Participant.participant_id).where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.user_id == user_id,
            Participant.removed_at.is_(None),
        )
    )
    return found is not None


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


async def hold_all(work: Work, tenant_id: str, participant_ids: Collection[str]) -> None:
    """Lock the rows of many seats until the work ends, in an order that is the same for all."""
    await work.db.execute(
        select(Participant.participant_id)
        .where(Participant.tenant_id == tenant_id, Participant.participant_id == _any(participant_ids))
        .order_by(Participant.participant_id)
        .with_for_update(key_share=True)
    )


async def by_ids(work: Work, tenant_id: str, participant_ids: Collection[str]) -> dict[str, Participant]:
    """The seats of these ids, those too that were taken away."""
    found = await work.db.scalars(
        select(Participant)
        .where(Participant.tenant_id == tenant_id, Participant.participant_id == _any(participant_ids))
        .execution_options(populate_existing=True)
    )
    return {seat.participant_id: seat for seat in found}


def _any(participant_ids: Collection[str]) -> "CollectionAggregate[bool]":
    # One array, and not a parameter for each: the statement is the same for any number.
    return any_(cast(list(participant_ids), ARRAY(String)))


async def must_host(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Refuse whoever is not a host of this classroom."""
    seat, _ = await named(work, tenant_id, participant_id)
    if seat.role != SeatRole.HOST or seat.classroom_id != classroom_id:
        raise NotHost


def _must_be_open(classroom: Classroom) -> None:
    if State(classroom.state) in OVER:
        raise RoomClosed(classroom.state)
