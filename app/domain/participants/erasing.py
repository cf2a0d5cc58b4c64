"""Erasing people: in all their classes at once, in as many statements as in one.

Who is in very many is marked first, and then erased class by class: none waits for all the others.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from app.domain import enquiries, events, feeds, outbox, users
from app.domain.classrooms import queries as classrooms
from app.domain.events import kinds
from app.domain.outbox import endpoints
from app.domain.participants.tables import Participant
from app.domain.users import queries as people
from app.kit.lists import among, at_most, listed
from app.kit.prepared import Prepared
from app.kit.work import Work

AT_ONCE: Final = 20
"""Classes in which a person is erased in one work at the most: whoever acts there meanwhile waits for it."""

MINE: Final = (
    Participant.tenant_id == bindparam("tenant_id"),
    Participant.user_id == bindparam("user_id"),
)
WHERE: Final = Prepared(select(Participant.classroom_id).where(*MINE), into=str)
ONE: Final = Prepared(select(Participant.classroom_id).where(*MINE).limit(at_most(1)), into=str)
HOLD: Final = Prepared(
    select(Participant.classroom_id, Participant.participant_id)
    .where(*MINE, among(Participant.classroom_id, listed("classroom_ids")))
    # In an order that is the same for all who hold some. They are going to be removed: nobody may begin to
    # refer to them.
    .order_by(Participant.participant_id)
    .with_for_update(),
    into=lambda classroom_id, participant_id: (classroom_id, participant_id),
)


async def is_in_many(work: Work, tenant_id: str, user_id: str) -> bool:
    """Whether a person is or was in more classes than one work may hold."""
    return len(await _classes(work, tenant_id, user_id)) > AT_ONCE


async def hold_places(work: Work, tenant_id: str, user_id: str) -> Mapping[str, str]:
    """The seats that a person has or had, by classroom: the classrooms held until the work ends, then these.

    Asked again the work answers the same: whatever it held later, it would hold out of order.
    """
    key = (hold_places, tenant_id, user_id)
    places: dict[str, str] | None = work.kept.get(key)
    if places is None:
        classes = await _classes(work, tenant_id, user_id)
        places = work.kept[key] = await _hold(work, tenant_id, user_id, classes)
    return places


async def hold_a_place(work: Work, tenant_id: str, user_id: str) -> Mapping[str, str]:
    """The same of one classroom alone; of none when there is none any more."""
    return await _hold(work, tenant_id, user_id, await ONE.all(work, tenant_id=tenant_id, user_id=user_id))


async def _classes(work: Work, tenant_id: str, user_id: str) -> list[str]:
    """The classes in which a person is or was; asked once in a work."""
    key = (_classes, tenant_id, user_id)
    classes: list[str] | None = work.kept.get(key)
    if classes is None:
        classes = work.kept[key] = await WHERE.all(work, tenant_id=tenant_id, user_id=user_id)
    return classes


async def _hold(work: Work, tenant_id: str, user_id: str, classes: Sequence[str]) -> dict[str, str]:
    # Whoever acts in a room has its lock: no name is written down after it was blanked.
    held = await classrooms.held_all(work, tenant_id, classes)
    if not held:
        return {}
    # All seats before the ledgers: whoever comes or leaves holds a seat and waits for the ledger.
    return dict(await HOLD.all(work, tenant_id=tenant_id, user_id=user_id, classroom_ids=held))


async def begin_erasing(work: Work, tenant_id: str, user_id: str) -> None:
    """Mark a person as one who is being erased: nobody finds them any more, and their seats are dead."""
    person = await people.by_id(work, tenant_id, user_id)
    await enquiries.forget(work, tenant_id, person.endpoint or endpoints.DEFAULT, person.external_id)
    await work.db.execute(
        update(Participant)
        .where(
            Participant.tenant_id == tenant_id,
            Participant.user_id == user_id,
            Participant.removed_at.is_(None),
        )
        .values(removed_at=work.now)
        .execution_options(synchronize_session=False)
    )
    await users.vanish(work, tenant_id, user_id)


async def erase_places(work: Work, tenant_id: str, user_id: str, places: Mapping[str, str]) -> None:
    """Erase a person who is marked in these classes, which are held, with the seats there."""
    person = await people.even_vanished(work, tenant_id, user_id)
    await _forget(work, tenant_id, user_id, places, person.erased_as or user_id)
    await work.db.execute(
        delete(Participant)
        .where(Participant.tenant_id == tenant_id, among(Participant.participant_id, list(places.values())))
        .execution_options(synchronize_session=False)
    )


async def erase_user(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person for good, with seats, visits and messages; the ledgers keep ids only."""
    person = await people.even_vanished(work, tenant_id, user_id)
    places = await hold_places(work, tenant_id, user_id)
    await _forget(work, tenant_id, user_id, places, person.external_id or user_id)
    await enquiries.forget(work, tenant_id, person.endpoint or endpoints.DEFAULT, person.external_id)
    await users.remove(work, tenant_id, user_id)


async def _forget(work: Work, tenant_id: str, user_id: str, places: Mapping[str, str], called: str) -> None:
    """Blank what is told of a person in these classes, and tell that they are gone."""
    await events.forget(work, tenant_id, user_id, places)
    await outbox.forget(work, tenant_id, list(places), user_id)
    await feeds.forget(work, tenant_id, list(places), called)
    await events.record_each(
        work,
        tenant_id,
        {place: kinds.ParticipantRemoved(seat, user_id) for place, seat in places.items()},
    )
