"""Enrolling people, taking seats away, letting guests in."""

from collections.abc import Sequence

from app.domain import events, users
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.participants import queries
from app.domain.participants.queries import Door
from app.domain.participants.seating import seat_people
from app.domain.participants.tables import Participant
from app.kit.work import Work
from app.rules.refusals import BadValue, GuestsFull, LastHost
from app.rules.seats import SeatRole

LONGEST_NAME = 100
MOST_SEATS = 5_000
"""Of a class that guests are given seats in; whoever leads may still add people."""


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
    removed = [kinds.ParticipantRemoved(seat.participant_id, seat.user_id) for seat in leaving]
    if removed:
        await events.record_all(work, tenant_id, classroom_id, removed)


def guest_name(name: str) -> str:
    """The name that a guest gave, as it is written down; BadValue where it is none."""
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", "must not be empty")
    if len(name) > LONGEST_NAME:
        raise BadValue("name", f"must be at most {LONGEST_NAME} characters")
    return name


async def enter_as_guests(work: Work, door: Door, names: Sequence[str]) -> list[Participant]:
    """Make guests of people who came by a common link and gave these names; their seats, to be read only.

    GuestsFull where the class would have more seats than are given so.
    """
    tenant_id, classroom_id = door.classroom.tenant_id, door.classroom.classroom_id
    taken = await queries.seats_taken(work, tenant_id, classroom_id, at_most=MOST_SEATS)
    if taken + len(names) > MOST_SEATS:
        raise GuestsFull(MOST_SEATS)
    guests = await users.add_guests(work, tenant_id, [guest_name(name) for name in names])
    await seat_people(work, tenant_id, classroom_id, dict.fromkeys(guests, door.role))
    seats = await queries.seats_of(work, tenant_id, classroom_id, guests)
    return [seats[user_id] for user_id in guests]
