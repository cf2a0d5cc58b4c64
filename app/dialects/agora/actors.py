"""In whose name a call acts, and whom its body names."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.dialects.agora.access import Room
from app.dialects.agora.reading import must_be_id
from app.domain.activities.actor import SERVER
from app.domain.participants.tables import Participant
from app.domain.rooms import queries as rooms
from app.domain.rooms.queries import known_as
from app.domain.users.tables import User
from app.rules.refusals import NotAllowed, UnknownUser

Who = tuple[str, str, str]
"""Tenant, classroom, participant."""


async def acting(room: Room, *, about: str | None = None) -> Who:
    """The seat of whoever's token is shown; the customer's server where it is none of a person's.

    `about` is the seat that the deed is about: a token that signs less than the seat covers is for the
    person's own affairs alone.
    """
    standing = room.standing
    if not standing.is_person:
        return room.tenant_id, room.classroom_id, SERVER
    if standing.seat is None:
        raise UnknownUser(room.caller.user)
    mine = standing.seat.participant_id
    standing.must_cover(own=about == mine)
    return room.tenant_id, room.classroom_id, mine


async def acting_for(room: Room, user_uuid: str, *, watching: bool = False) -> Who:
    """The seat of the person whom the call names; nobody's own token acts for another.

    `watching`: those who only watch may do this too.
    """
    if room.standing.is_person and room.caller.user != user_uuid:
        raise NotAllowed("act for another person")
    if not watching:
        room.standing.must_cover(own=True)
    return room.tenant_id, room.classroom_id, await seat_of(room, user_uuid)


async def seat_of(room: Room, user_uuid: str) -> str:
    """The seat of somebody in the room, or UnknownUser."""
    must_be_id("userUuid", user_uuid)
    seated = await rooms.seated(room.work, room.classroom, user_uuid)
    return seated.participant.participant_id


async def seats_of(room: Room, user_uuids: Sequence[str]) -> dict[str, str]:
    """The seats of many, by their ids of the customer's; UnknownUser names the first who has none."""
    wanted = [must_be_id("userUuid", user_uuid) for user_uuid in user_uuids]
    by_id = User.user_id.in_(wanted) & (User.external_id == "")
    found = await room.work.db.execute(
        select(User, Participant.participant_id)
        .join(
            Participant,
            (Participant.tenant_id == User.tenant_id) & (Participant.user_id == User.user_id),
        )
        .where(
            User.tenant_id == room.tenant_id,
            Participant.tenant_id == room.tenant_id,
            Participant.classroom_id == room.classroom_id,
            Participant.removed_at.is_(None),
            or_(User.external_id.in_(wanted), by_id),
        )
    )
    seats = {known_as(user): seat for user, seat in found}
    for user_uuid in wanted:
        if user_uuid not in seats:
            raise UnknownUser(user_uuid)
    return seats
