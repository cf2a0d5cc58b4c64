"""Erasing people: in all their classes at once, in as many statements as in one."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import bindparam, select

from app.domain import enquiries, events, feeds, outbox, users
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.outbox import endpoints
from app.domain.participants.tables import Participant
from app.domain.users import queries as people
from app.kit.lists import among, listed
from app.kit.prepared import Prepared
from app.kit.work import Work

MINE: Final = (
    Participant.tenant_id == bindparam("tenant_id"),
    Participant.user_id == bindparam("user_id"),
)
WHERE: Final = Prepared(select(Participant.classroom_id).where(*MINE), into=str)
HOLD: Final = Prepared(
    select(Participant.classroom_id, Participant.participant_id)
    .where(*MINE, among(Participant.classroom_id, listed("classroom_ids")))
    # In an order that is the same for all who hold some. They are going to be removed: nobody may begin to
    # refer to them.
    .order_by(Participant.participant_id)
    .with_for_update(),
    into=lambda classroom_id, participant_id: (classroom_id, participant_id),
)


async def hold_places(work: Work, tenant_id: str, user_id: str) -> Mapping[str, str]:
    """The seats that a person has or had, by classroom: the classrooms held until the work ends, then these.

    Asked again the work answers the same: whatever it held later, it would hold out of order.
    """
    key = (hold_places, tenant_id, user_id)
    places: dict[str, str] | None = work.kept.get(key)
    if places is None:
        mine = {"tenant_id": tenant_id, "user_id": user_id}
        # Whoever acts in a room has its lock: no name is written down after it was blanked.
        held = await classrooms.held_all(work, tenant_id, await WHERE.all(work, **mine))
        # All seats before the ledgers: whoever comes or leaves holds a seat and waits for the ledger.
        places = dict(await HOLD.all(work, classroom_ids=held, **mine)) if held else {}
        work.kept[key] = places
    return places


async def erase_user(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person for good, with seats, visits and messages; the ledgers keep ids only."""
    person = await people.by_id(work, tenant_id, user_id)
    places = await hold_places(work, tenant_id, user_id)
    await events.forget(work, tenant_id, user_id, places)
    await outbox.forget(work, tenant_id, list(places), user_id)
    await feeds.forget(work, tenant_id, list(places), person.external_id or user_id)
    await events.record_each(
        work,
        tenant_id,
        {place: kinds.ParticipantRemoved(seat, user_id) for place, seat in places.items()},
    )
    await enquiries.forget(work, tenant_id, person.endpoint or endpoints.DEFAULT, person.external_id)
    await users.remove(work, tenant_id, user_id)
