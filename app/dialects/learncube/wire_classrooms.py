"""Classrooms in LearnCube's words: what programs send, and what they get."""

import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from app.dialects.doors import class_page
from app.dialects.learncube import uuids
from app.dialects.learncube.rest_bodies import Body
from app.dialects.learncube.wire import Name
from app.dialects.learncube.wire_lists import Filters, Since, Until, moment, told
from app.dialects.reading import Flag, Number, Text
from app.domain.classrooms.plan import PlanChanges
from app.domain.joint.queries import Arranged, Wanted
from app.rules.lifecycle import State

LONGEST_NAME = 200
LONGEST_TEXT = 10_000
LONGEST_URL = 2000
MOST_PEOPLE = 100_000


def _url(value: str | None) -> str | None:
    if not value:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ValueError("Enter a valid URL.") from None
    if parts.scheme not in ("http", "https") or not parts.netloc or not value.isprintable():
        raise ValueError("Enter a valid URL.")
    return value


def _people(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MOST_PEOPLE:
        raise ValueError(f"Ensure this value is from 1 to {MOST_PEOPLE}.")
    return value


def _at_most(longest: int) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value is not None and len(value) > longest:
            raise ValueError(f"Ensure this field has no more than {longest} characters.")
        return value

    return AfterValidator(check)


Moment = Annotated[datetime | None, BeforeValidator(moment)]
Short = Annotated[Text, _at_most(LONGEST_NAME)]
Url = Annotated[Text, _at_most(LONGEST_URL), AfterValidator(_url)]
People = Annotated[Number, AfterValidator(_people)]

TERMS = {
    "max_participants": "max_people",
    "audio_only": "audio_only",
    "whiteboard_only": "whiteboard_only",
    "return_url": "return_url",
    "breakout_parent_token": "parent",
    "teacher_id": "teacher",
}
EMPTY: dict[str, Any] = {
    "max_people": None,
    "audio_only": False,
    "whiteboard_only": False,
    "return_url": "",
    "parent": "",
    "teacher": "",
}


class ChangeClassroom(Body):
    """What to change; what is left out stays."""

    room_token: Name = ""
    start: Moment = None
    end: Moment = None
    cancelled: Flag = None
    description: Annotated[Text, _at_most(LONGEST_TEXT)] = None
    max_participants: People = None
    audio_only: Flag = None
    whiteboard_only: Flag = None
    return_url: Url = None
    record_class: Flag = None
    breakout_parent_token: Short = None
    teacher_id: Short = None

    def changes(self) -> PlanChanges:
        """What is named, in the domain's words; null empties."""
        given = self.model_fields_set
        found: PlanChanges = {}
        if "room_token" in given:
            found["reference"] = self.room_token
        if "start" in given:
            found["starts_at"] = self.start
        if "end" in given:
            found["ends_on"] = self.end
        if "description" in given:
            found["description"] = self.description or ""
        if "record_class" in given:
            found["recording"] = {"record": bool(self.record_class)}
        terms = {ours: getattr(self, name) for name, ours in TERMS.items() if name in given}
        if terms:
            found["terms"] = {name: EMPTY[name] if value is None else value for name, value in terms.items()}
        return found


class MakeClassroom(ChangeClassroom):
    """A classroom to be."""

    room_token: Name


class ClassroomFilters(Filters):
    """Which classrooms are wanted; a date alone is that whole day, UTC."""

    room_token: Text = None
    start_before: Until = None
    start_after: Since = None
    teacher_id: Text = None
    teacher_attended: Flag = None

    def wanted(self) -> Wanted:
        """The same in the domain's words."""
        return Wanted(
            reference=self.room_token or None,
            starts_until=self.start_before,
            starts_from=self.start_after,
            teacher=self.teacher_id or None,
            teacher_came=self.teacher_attended,
        )


def shown(found: Arranged, base: str, recording: str | None = None) -> dict[str, Any]:
    """A classroom with all its keys; what there is not is null. `recording` is the URL of its latest one."""
    room, terms = found.classroom, found.classroom.terms
    first, _, last = (found.teacher.name if found.teacher else "").partition(" ")
    return {
        "uuid": uuids.shown(room.classroom_id),
        "creation_date": told(room.created_at),
        "room_token": room.reference,
        "cancelled": room.state == State.CANCELLED,
        "cancelled_by": None,
        "description": room.description,
        "start": told(room.starts_at),
        "end": told(room.ends_on),
        "max_participants": terms["max_people"],
        "audio_only": terms["audio_only"],
        "whiteboard_only": terms["whiteboard_only"],
        "teacher_first_name": first or None,
        "teacher_last_name": last or None,
        "teacher_avatar": (found.teacher.image or None) if found.teacher else None,
        "teacher_attended": found.teacher_came_at is not None,
        "teacher_attended_time": told(found.teacher_came_at),
        "actual_class_start": told(found.started_at),
        "actual_class_end": told(found.ended_at),
        "actual_duration": found.seconds if found.started_at else None,
        "return_url": terms["return_url"] or None,
        "room_url": class_page(base, room),
        "room_review_url": recording,
        "recorded_class_url": recording,
        "slug": slug(room.reference),
        "breakout_parent_token": terms["parent"] or None,
    }


def slug(reference: str | None) -> str | None:
    """A token as it can stand in a path."""
    return re.sub(r"[^a-z0-9_]+", "-", reference.lower()).strip("-") if reference is not None else None
