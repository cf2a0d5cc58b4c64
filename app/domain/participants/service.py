"""Enrolling people, taking seats away, letting guests in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.domain import enquiries, events, feeds, outbox, users
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.outbox import endpoints
from app.domain.participants import queries
from app.domain.participants.queries import Door
from app.domain.participants.tables import Participant
from app.domain.users import queries as people
from app.kit import ids
from app.kit.work import Work
from app.rules.refusals import BadValue, LastHost, UnknownUser
from app.rules.seats import SeatRole

LONGEST_NAME = 100


async def host_link(work: Work, tenant_id: str, classroom_id: str) -> str:
    """The link of the owner's seat, which is made at the first call."""
    classroom = await classrooms.by_id(work, tenant_id, classroom_id)
    seats = await seat_people(work, tenant_id, classroom_id, {classroom.owner_id: SeatRole.HOST})
    return seats[classroom.owner_id]


async def enrol_many(
    work: Work, tenant_id: str, classroom_id: str, wanted: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Give each (user, link) a seat in the role that the link stands for; an empty link: participant.

    Answers (user, own link) in the order of the call. A user who has a seat keeps its link. One
    unknown user or link refuses the whole call.
    """
    await classrooms.by_id(work, tenant_id, classroom_id)
    known = await people.by_ids(work, tenant_id, [user_id for user_id, _ in wanted])
    roles = await queries.roles_by_link(work, tenant_id, classroom_id, [link for _, link in wanted])
    by_user: dict[str, SeatRole] = {}
    for user_id, link in wanted:
        if user_id not in known:
            raise UnknownUser(user_id)
        if link and link not in roles:
            raise BadValue("link", f"of user {user_id} is not a link of this class")
        by_user[user_id] = roles[link] if link else SeatRole.PARTICIPANT
    seats = await seat_people(work, tenant_id, classroom_id, by_user)
    return [(user_id, seats[user_id]) for user_id, _ in wanted]


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


async def enter_as_guest(work: Work, door: Door, name: str) -> Participant:
    """Make a guest of somebody who came by a common link and gave a name."""
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", "must not be empty")
    if len(name) > LONGEST_NAME:
        raise BadValue("name", f"must be at most {LONGEST_NAME} characters")
    tenant_id, classroom_id = door.classroom.tenant_id, door.classroom.classroom_id
    guest = await users.add_guest(work, tenant_id, name)
    await seat_people(work, tenant_id, classroom_id, {guest.user_id: door.role})
    return await queries.seat_of(work, tenant_id, classroom_id, guest.user_id)


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


async def seat_people(
    work: Work, tenant_id: str, classroom_id: str, wanted: dict[str, SeatRole]
) -> dict[str, str]:
    """Insert the missing seats, revive removed ones under a new link; the link of each."""
    if not wanted:
        return {}
    rows = [
        {
            "tenant_id": tenant_id,
            "participant_id": ids.new_id(),
            "classroom_id": classroom_id,
            "user_id": user_id,
            "role": role.value,
            "link": ids.new_link(),
            "removed_at": None,
            "observer": False,
            "rewards": 0,
        }
        for user_id, role in wanted.items()
    ]
    fresh = insert(Participant)
    await work.db.execute(
        fresh.on_conflict_do_update(
            index_elements=[Participant.tenant_id, Participant.classroom_id, Participant.user_id],
            # A seat given anew is one without a ban.
            set_={
                "link": fresh.excluded.link,
                "role": fresh.excluded.role,
                "removed_at": None,
                "banned_at": None,
                "banned_until": None,
            },
            where=(Participant.tenant_id == tenant_id) & Participant.removed_at.is_not(None),
        ),
        rows,
    )
    found = await work.db.execute(
        select(Participant.user_id, Participant.link).where(
            Participant.tenant_id == tenant_id,
            Participant.classroom_id == classroom_id,
            Participant.user_id.in_(list(wanted)),
        )
    )
    return {row.user_id: row.link for row in found}
