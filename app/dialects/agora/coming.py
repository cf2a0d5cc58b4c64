"""Coming to a room: by a call, or by the page that a program opens for somebody."""

from app.dialects.agora import properties, wire_rooms
from app.dialects.agora.access import App
from app.dialects.agora.rights import STUDENT, Right, must_reach, role_of_a_comer
from app.dialects.agora.words import SEATS, WATCHING, role_of
from app.domain import rooms
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.participants.tables import Participant
from app.domain.rooms import holding, queries
from app.domain.users import UserDraft
from app.rules.refusals import BadValue, UnknownClassroom, UnknownUser
from app.rules.seats import SeatRole

SMALL = 4


async def come(
    app: App, room_uuid: str, user_uuid: str, said: wire_rooms.CheckIn, *, trusted: bool = False
) -> tuple[Classroom, Participant]:
    """The room and the seat in it of whoever comes; `trusted`: as what was decided by whoever calls this."""
    if said.role is not None and said.role not in SEATS:
        raise BadValue("role", f"must be one of {', '.join(str(number) for number in SEATS)}")
    classroom = await _room(app, room_uuid, said)
    role = STUDENT if said.role is None else said.role
    if app.standing.is_person and not trusted:
        role = await _role_of_a_person(app, classroom, user_uuid, said.role)
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


async def _role_of_a_person(app: App, classroom: Classroom, user_uuid: str, asked: int | None) -> int:
    """As what somebody comes where a person's own token says so, by the seats that the held room has now."""
    standing, held = app.standing, await _held(app, classroom, user_uuid)
    if user_uuid == app.caller.user:
        return role_of_a_comer(standing, asked, held)
    standing.must_have(Right.LEAD, app.work.now)
    wanted = held if asked is None and held is not None else STUDENT if asked is None else asked
    must_reach(standing, wanted, held)
    return wanted


async def _held(app: App, classroom: Classroom, user_uuid: str) -> int | None:
    try:
        seat = (await queries.seated(app.work, classroom, user_uuid)).participant
    except UnknownUser:
        return None
    return role_of(seat.role, observer=seat.observer)


async def _room(app: App, room_uuid: str, said: wire_rooms.CheckIn) -> Classroom:
    try:
        return await holding.held(app.work, app.tenant, room_uuid)
    except UnknownClassroom:
        # Several may come first at once: one of them makes the room, and the others find it.
        await classrooms.hold_name(app.work, app.tenant_id, f"room/{room_uuid}")
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
