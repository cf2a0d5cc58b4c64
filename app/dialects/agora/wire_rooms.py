"""Rooms as the vendor writes them."""

from datetime import datetime
from typing import Any

from pydantic import Field, field_validator

from app.dialects.agora.reading import Wire, read
from app.dialects.agora.words import EPOCH, FORMS, MILLISECOND, STATES, ms
from app.dialects.reading import Number, Text
from app.domain.classrooms.plan import Controls
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.rooms import Booking
from app.domain.rooms.tables import Reservation
from app.rules.booking import USUAL_LINGER_SECONDS, Form
from app.rules.lifecycle import State
from app.rules.refusals import BadValue

LATEST = 253_402_300_799_000
"""The last millisecond that a date can be of."""

MOST_ON_STAGE = 1_000_000


class Schedule(Wire):
    """When a room is held; times in milliseconds, lengths in seconds."""

    start_time: Number = None
    duration: Number = None
    close_delay: Number = None


class CreateRoom(Wire):
    """A room to be made; the type comes as a number or as text."""

    room_name: Text = None
    room_type: Number = None
    room_properties: dict[str, Any] = Field(default_factory=dict)

    @field_validator("room_properties", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return {} if value is None else value


class CheckIn(Wire):
    """Somebody comes to a room, which is made on the way where it is not there."""

    user_name: Text = None
    role: Number = None
    user_properties: dict[str, Any] | None = None
    room_name: Text = None
    room_type: Number = None
    room_properties: dict[str, Any] | None = None
    start_time: Number = None
    duration: Number = None
    close_delay: Number = None


class HandsUp(Wire):
    """How many may be on the stage."""

    max_accept: Number = None


def booking(name: str | None, kind: int | None, schedule: Schedule, properties: dict[str, Any]) -> Booking:
    """What is to be reserved; BadValue where the vendor would refuse it."""
    if name is None:
        raise BadValue("roomName", "is required")
    return Booking(
        title=name,
        form=_form(kind),
        starts_at=_moment(schedule.start_time),
        duration_seconds=schedule.duration or None,
        linger_seconds=USUAL_LINGER_SECONDS if schedule.close_delay is None else schedule.close_delay,
        controls=Controls(stage_places=_places(properties)),
        properties={key: value for key, value in properties.items() if key != "schedule"},
    )


def room(
    classroom: Classroom, reservation: Reservation | None, lesson: Lesson | None, room_uuid: str
) -> dict[str, Any]:
    """A room as it stands."""
    return {
        "roomName": classroom.title,
        "roomUuid": room_uuid,
        "roomType": kind_of(reservation),
        "roomProperties": _properties(classroom, reservation),
        "state": STATES[State(classroom.state)],
        "startTime": ms(lesson.started_at) if lesson else None,
        "createTime": ms(classroom.created_at),
    }


def entered(
    classroom: Classroom, reservation: Reservation | None, lesson: Lesson | None, region: str, rte_role: str
) -> dict[str, Any]:
    """What somebody who comes in is told of the room's life."""
    starts_at = lesson.started_at if lesson else classroom.starts_at
    return {
        "state": STATES[State(classroom.state)],
        "startTime": ms(starts_at) if starts_at else None,
        "duration": seconds(classroom, reservation),
        "closeDelay": classroom.linger_seconds or 0,
        "rtcRegion": region,
        "rtmRegion": region,
        "vid": 0,
        "rteRole": rte_role,
    }


def kind_of(reservation: Reservation | None) -> int:
    """The number of a room's type; a class of another vendor is a small classroom."""
    form = Form(reservation.form) if reservation else Form.SMALL
    return next(number for number, meant in FORMS.items() if meant is form)


def _properties(classroom: Classroom, reservation: Reservation | None) -> dict[str, Any]:
    schedule: dict[str, Any] = {"closeDelay": classroom.linger_seconds or 0}
    if classroom.starts_at is not None:
        schedule["startTime"] = ms(classroom.starts_at)
    if (length := seconds(classroom, reservation)) is not None:
        schedule["duration"] = length
    return (reservation.properties if reservation else {}) | {"schedule": schedule}


def seconds(classroom: Classroom, reservation: Reservation | None) -> int | None:
    return reservation.duration_seconds if reservation else classroom.duration_minutes * 60


def _form(kind: int | None) -> Form:
    if kind is None:
        raise BadValue("roomType", "is required")
    if kind not in FORMS:
        raise BadValue("roomType", f"must be one of {', '.join(str(number) for number in FORMS)}")
    return FORMS[kind]


def _moment(milliseconds: int | None) -> datetime | None:
    if not milliseconds:
        return None
    if not 0 < milliseconds <= LATEST:
        raise BadValue("roomProperties.schedule.startTime", "must be milliseconds since 1970")
    return EPOCH + milliseconds * MILLISECOND


def part(properties: dict[str, Any], name: str) -> dict[str, Any]:
    """An object within the properties; empty where there is none."""
    value = properties.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadValue(f"roomProperties.{name}", "must be an object")
    return value


def _places(properties: dict[str, Any]) -> int | None:
    processes = part(properties, "processes")
    waving = processes.get("handsUp")
    places = read(HandsUp, waving).max_accept if isinstance(waving, dict) else None
    if places is not None and not 0 <= places <= MOST_ON_STAGE:
        raise BadValue("roomProperties.processes.handsUp.maxAccept", f"must be from 0 to {MOST_ON_STAGE}")
    return places
