"""The Class Log in LearnCube's words."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator

from app.dialects.learncube import uuids
from app.dialects.learncube.wire_classrooms import slug
from app.dialects.learncube.wire_lists import Filters, Since, Until, told
from app.dialects.reading import Text
from app.domain.joint.log import ENDPOINT, Entry, WantedEntries
from app.domain.outbox.tables import Attempt

OK, ERROR = "ok", "error"

TYPES: dict[str, str] = {
    "connect_lesson": "room_init",
    "start_lesson": "classroom_start",
    "end_lesson": "classroom_end",
    "crash_lesson": "classroom_end",
    "ClassroomScheduled": "room_created",
    "ParticipantAdded": "participant_added",
    "VisitorJoined": "participant_entered",
    "VisitorLeft": "participant_left",
    ENDPOINT: "room_endpoint",
}
"""What each kind of entry is called here."""

REQUESTS = frozenset({"connect_lesson", "start_lesson", "end_lesson", "crash_lesson"})


def _type(value: str | None) -> str | None:
    if value and value not in TYPES.values():
        raise ValueError("Select a valid choice.")
    return value or None


def _status(value: str | None) -> str | None:
    if value and value not in (OK, ERROR):
        raise ValueError("Select a valid choice.")
    return value or None


class LogFilters(Filters):
    """Which entries are wanted; a date alone is that whole day, UTC."""

    room_token: Text = None
    userid: Text = None
    log_date_before: Until = None
    log_date_after: Since = None
    type: Annotated[Text, AfterValidator(_type)] = None
    status: Annotated[Text, AfterValidator(_status)] = None

    def wanted(self) -> WantedEntries:
        """The same in the domain's words."""
        return WantedEntries(
            reference=self.room_token or None,
            person=self.userid or None,
            until=self.log_date_before,
            since=self.log_date_after,
            kinds=[kind for kind, name in TYPES.items() if name == self.type] if self.type else None,
            good=self.status == OK if self.status else None,
        )


def shown(entry: Entry) -> dict[str, Any]:
    """An entry with all keys. `time` is what the callback said; `total_time` is the token's, all in all."""
    last = entry.tries[-1] if entry.tries else None
    return {
        "uuid": uuids.shown(entry.key, entry.number),
        "token": entry.reference,
        "slug": slug(entry.reference),
        "userid": entry.person or None,
        "creation_date": told(entry.at),
        "type": TYPES.get(entry.kind, entry.kind),
        "status": OK if entry.good else ERROR,
        "info": {
            "request": entry.kind if entry.kind in REQUESTS else None,
            "time": json.loads(entry.body).get("time") if entry.body else None,
            "total_time": entry.seconds,
            "http_status": last.status if last else entry.status,
            "error": entry.why or (last.error if last else None),
            "attempts": [_attempt(one) for one in entry.tries],
        },
        "response": last.response_body if last else entry.response,
    }


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "date": told(one.at),
        "http_status": one.status,
        "duration_ms": one.duration_ms,
        "error": one.error,
        "response": one.response_body,
    }
