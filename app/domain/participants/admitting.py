"""Letting in somebody whom the customer's server has vouched for."""

from collections.abc import Collection

from sqlalchemy import select

from app.domain import events, users
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.domain.participants import queries
from app.domain.participants.seating import seat_people
from app.domain.participants.tables import Participant
from app.domain.users import UserDraft
from app.domain.users import queries as people
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.seats import SeatRole


async def admit(
    work: Work, classroom: Classroom, person: UserDraft, role: SeatRole, *, untold: Collection[str] = ()
) -> Participant:
    """The seat of a person known by the customer's own id, who is made or brought up to date on the way.

    What is `untold` of the person stays as it is known.
    Banned where the person was put out of the classroom and may not come back yet.
    """
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    known, seat = await _known(work, classroom, person)
    if known is None or seat is None or seat.removed_at is not None:
        # One who comes into two classrooms, or twice into one, at once is made once, and added once.
        await classrooms.hold_name(work, tenant_id, f"person/{person.endpoint}/{person.external_id}")
        known, seat = await _known(work, classroom, person)
    if known is None:
        known = await users.add(work, tenant_id, person)
    for field in {"name", "image", "role"}.difference(untold):
        setattr(known, field, getattr(person, field))
    known.name_key = people.search_key(known.name)
    if role is SeatRole.HOST and not classroom.owner_id:
        classroom.owner_id = known.user_id
    await work.db.flush()
    fresh = seat is None or seat.removed_at is not None
    if seat is None or fresh:
        await seat_people(work, tenant_id, classroom_id, {known.user_id: role})
        seat = await queries.seat_of(work, tenant_id, classroom_id, known.user_id)
    must_be_clean(seat.banned_at, seat.banned_until, work.now)
    seat.role = role.value
    await work.db.flush()
    if fresh:
        added = kinds.ParticipantAdded(seat.participant_id, known.name, role.value)
        await events.record(work, tenant_id, classroom_id, added)
    return seat


async def _known(
    work: Work, classroom: Classroom, person: UserDraft
) -> tuple[User | None, Participant | None]:
    """The person, and the seat that the person has or had in the classroom, as far as there are any."""
    found = await work.db.execute(
        select(User, Participant)
        .outerjoin(
            Participant,
            (Participant.tenant_id == User.tenant_id)
            & (Participant.user_id == User.user_id)
            & (Participant.classroom_id == classroom.classroom_id),
        )
        .where(
            User.tenant_id == classroom.tenant_id,
            User.external_id == person.external_id,
            User.external_id != people.EMPTY,
            User.endpoint == person.endpoint,
        )
        .execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    return (row[0], row[1]) if row is not None else (None, None)
