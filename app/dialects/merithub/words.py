"""MeritHub's codes and names with the domain's words for them."""

from typing import Any

from app.rules.lifecycle import State
from app.rules.refusals import BadValue

ROLES = {"C": "teacher", "M": "student"}
PERMISSIONS = {"CC": "create", "CJ": "join", "PL": "library"}
KINDS = {"oneTime": "once", "perma": "standing"}
ONE_TIME = "oneTime"
LAYOUTS = {"CR": "classroom", "GL": "gallery", "WB": "whiteboard", "SS": "split"}
STATES = {
    State.SCHEDULED: "up",
    State.LIVE: "lv",
    State.ENDED: "cp",
    State.COMPLETED: "cp",
    State.EXPIRED: "ex",
    State.CANCELLED: "cl",
}
SUNDAY = 7
MOST_CLASSES = 10_000

FIELDS = {
    "next_id": "nextId",
    "about": "desc",
    "duration_minutes": "duration",
    "ends_on": "endDate",
    "external_id": "clientUserId",
    "image": "img",
    "language": "lang",
    "link": "userLink",
    "occurrences": "totalClasses",
    "owner_id": "userId",
    "starts_at": "startTime",
    "timezone": "timeZoneId",
    "weekdays": "schedule",
}
"""The vendor's names of domain fields, for sentences about them."""


def word(field: str, value: str | None, known: dict[str, str]) -> str | None:
    """The domain word of a vendor's code, of any case; None where nothing was said."""
    if not value or not value.strip():
        return None
    for code_, meaning in known.items():
        if code_.lower() == value.strip().lower():
            return meaning
    raise BadValue(field, f"must be one of {', '.join(known)}")


def code(meaning: str, known: dict[str, str]) -> str:
    """The vendor's code of a domain word; empty where there is none."""
    return next((code for code, meant in known.items() if meant == meaning), "")


def only_said(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes without what was not said."""
    return {name: value for name, value in changes.items() if value is not None}
