"""Enrolling people, taking seats away, letting guests in."""

from collections.abc import Sequence

from app.domain import enquiries, events, feeds, outbox, users
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.outbox import endpoints
from app.domain.participants import queries
from app.domain.participants.queries import Door
from app.domain.participants.seating import seat_people
from app.domain.participants.tables import Participant
from app.domain.users import queries as people
from app.kit.work import Work
from app.rules.refusals import BadValue, LastHost
from app.rules.seats import SeatRole

LONGEST_NAME = 100


async def remove_many(work: Work, tenant_id: str, classroom_id: str, user_ids: Sequence[str]) -> None:
    """Take seats away: the links are dead and open connections end. Users without a seat are passed over."""
    await classrooms.locked(work, tenant_id, classroom_id)
    seats = await queries.seats(work, tenant_id, classroom_id)
    leaving = [seat for seat in seats if seat.user_id in set(user_ids)]
    hosts = {seat.user_id for seat in seats if seat.role == SeatRole.HOST}
    if hosts and hosts <= {seat.user_id for seat in leaving}:
        raise LastHost(next(seat.user_id for seat in leaving if seat.role == SeatRole.HOST))
    for seat in leaving:
        seat.removed_at = work.now
    # All seats before the ledger: whoever leaves holds a seat and waits for the ledger.
    await work.db.flush()
    for seat in leaving:
        await events.record(
            work, tenant_id, classroom_id, kinds.ParticipantRemoved(seat.participant_id, seat.user_id)
        )


def guest_name(name: str) -> str:
    """The name that a guest gave, as it is written down; BadValue where it is none."""
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", "must not be empty")
    if len(name) > LONGEST_NAME:
        raise BadValue("name", f"must be at most {LONGEST_NAME} characters")
    return name


async def enter_as_guests(work: Work, door: Door, names: Sequence[str]) -> list[Participant]:
    """Make guests of people who came by a common link and gave these names; their seats, to be read only."""
    tenant_id, classroom_id = door.classroom.tenant_id, door.classroom.classroom_id
    guests = await users.add_guests(work, tenant_id, [guest_name(name) for name in names])
    await seat_people(work, tenant_id, classroom_id, dict.fromkeys(guests, door.role))
    seats = await queries.seats_of(work, tenant_id, classroom_id, guests)
    return [seats[user_id] for user_id in guests]


async def erase_user(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person for good, with seats, visits and messages; the ledgers keep ids only."""
    person = await people.by_id(work, tenant_id, user_id)
    for seat in await queries.seats_of_user(work, tenant_id, user_id):
        # Whoever acts in the room has its lock: no name is written down after it was blanked.
        await classrooms.locked(work, tenant_id, seat.classroom_id)
        await events.forget(work, tenant_id, seat.classroom_id, seat.participant_id, user_id)
        await outbox.forget(work, tenant_id, seat.classroom_id, user_id)
        await feeds.forget(work, tenant_id, seat.classroom_id, person.external_id or user_id)
        await events.record(
            work, tenant_id, seat.classroom_id, kinds.ParticipantRemoved(seat.participant_id, user_id)
        )
    await enquiries.forget(work, tenant_id, person.endpoint or endpoints.DEFAULT, person.external_id)
    await users.remove(work, tenant_id, user_id)
