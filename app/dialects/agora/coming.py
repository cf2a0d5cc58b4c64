"""Coming to a room: by a call, or by the page that a program opens for somebody."""

from app.dialects.agora import properties, wire_rooms
from app.dialects.agora.access import App
from app.dialects.agora.words import SEATS, WATCHING
from app.domain import rooms
from app.domain.classrooms.tables import Classroom
from app.domain.participants.tables import Participant
from app.domain.rooms import holding
from app.domain.users import UserDraft
from app.rules.refusals import BadValue, UnknownClassroom
from app.rules.seats import SeatRole

STUDENT = 2
SMALL = 4


async def come(
    app: App, room_uuid: str, user_uuid: str, said: wire_rooms.CheckIn
) -> tuple[Classroom, Participant]:
    """The room and the seat in it of whoever comes."""
    role = STUDENT if said.role is None else said.role
    if role not in SEATS:
        raise BadValue("role", f"must be one of {', '.join(str(number) for number in SEATS)}")
    classroom = await _room(app, room_uuid, said)
    person = UserDraft(
        name=said.user_name or user_uuid,
        external_id=user_uuid,
        role="teacher" if SEATS[role] is SeatRole.HOST else "student",
    )
    seat = await rooms.check_in(
        app.work,
        classroom,
        person,
        SEATS[role],
        observer=role in WATCHING,
        untold={"image"} if said.user_name else {"image", "name"},
    )
    await properties.bring(app.work, classroom, seat.participant_id, said.user_properties)
    return classroom, seat


async def _room(app: App, room_uuid: str, said: wire_rooms.CheckIn) -> Classroom:
    try:
        return await holding.held(app.work, app.tenant, room_uuid)
    except UnknownClassroom:
        schedule = wire_rooms.Schedule(
            start_time=said.start_time, duration=said.duration, close_delay=said.close_delay
        )
        kind = SMALL if said.room_type is None else said.room_type
        booking = wire_rooms.booking(said.room_name or room_uuid, kind, schedule, said.room_properties or {})
        made = await rooms.reserve(app.work, app.tenant_id, room_uuid, booking)
        await properties.found(app.work, made, said.room_properties or {})
        return made
