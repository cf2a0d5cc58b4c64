"""Participants in LearnCube's words."""

from typing import Annotated, Any

from pydantic import AfterValidator

from app.dialects.learncube import uuids
from app.dialects.learncube.wire_lists import Filters, Since, Until, told
from app.dialects.reading import Flag, Number, Text
from app.domain.joint.queries import Seated, WantedSeats
from app.rules.lifecycle import State
from app.rules.seats import SeatRole

TEACHER, STUDENT = "teacher", "student"
ROLES = {TEACHER: True, "tutor": True, STUDENT: False}


def _role(value: str | None) -> str | None:
    if value and value.lower() not in ROLES:
        raise ValueError("Select a valid choice.")
    return value.lower() if value else None


class ParticipantFilters(Filters):
    """Which participants are wanted; a date alone is that whole day, UTC."""

    room_token: Text = None
    userid: Text = None
    user_role: Annotated[Text, AfterValidator(_role)] = None
    teacher: Flag = None
    attended_time_before: Until = None
    attended_time_after: Since = None
    ended_time_before: Until = None
    ended_time_after: Since = None
    class_rating_lte: Number = None
    class_rating_gte: Number = None

    def wanted(self) -> WantedSeats:
        """The same in the domain's words."""
        role = ROLES[self.user_role] if self.user_role else None
        rated = self.class_rating_lte is not None or self.class_rating_gte is not None
        return WantedSeats(
            reference=self.room_token or None,
            person=self.userid or None,
            teaches=self.teacher if role is None else role,
            came_until=self.attended_time_before,
            came_from=self.attended_time_after,
            left_until=self.ended_time_before,
            left_from=self.ended_time_after,
            nobody=rated or (role is not None and self.teacher not in (None, role)),
        )


def shown(found: Seated) -> dict[str, Any]:
    """A participant with all keys; what there is not is null."""
    seat, user = found.participant, found.user
    teaches = seat.role == SeatRole.HOST
    return {
        "uuid": uuids.shown(seat.participant_id),
        "event_uuid": uuids.shown(seat.classroom_id),
        "userid": user.external_id or None,
        "room_token": found.classroom.reference,
        "teacher": teaches,
        "user_role": TEACHER if teaches else STUDENT,
        "username": user.name,
        "avatar": user.image or None,
        "cancelled": seat.removed_at is not None or found.classroom.state == State.CANCELLED,
        "attended": found.came_at is not None,
        "attended_time": told(found.came_at),
        "ended_time": told(found.left_at),
        "class_rating": None,
        "class_review": None,
    }
