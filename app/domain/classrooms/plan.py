"""What is said of a classroom when it is made or edited, checked in one place."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from app.kit.zones import is_zone
from app.rules.refusals import BadValue, PastStart
from app.rules.texts import OF_CLASSROOM, must_fit

MAY_BE_PAST = timedelta(minutes=2)
LONGEST_MINUTES = 1440


@dataclass(frozen=True)
class Recording:
    """Whether a lesson is recorded, by itself, and who controls it."""

    record: bool = False
    auto: bool = False
    control: bool = True


@dataclass(frozen=True)
class Controls:
    """What participants may do without being asked."""

    write: bool = False
    audio: bool = False
    video: bool = False
    muted: bool = False
    """Whether only those who lead the class may speak in the chat."""
    stage_places: int | None = None
    """How many may be on the stage at once; None: as many as want."""


@dataclass(frozen=True)
class Terms:
    """What a customer's own platform settles for a classroom; `parent` and `teacher` are its own names."""

    max_people: int | None = None
    audio_only: bool = False
    whiteboard_only: bool = False
    return_url: str = ""
    parent: str = ""
    teacher: str = ""
    length_seconds: int | None = None
    """How long a reserved one lasts from its actual start, where no start was planned."""


@dataclass(frozen=True)
class ClassroomPlan:
    """A classroom to be. `kind` once: one lesson; standing: as many as wanted; reserved: see `domain.rooms`.

    Weekdays: ISO, Monday is 1.
    """

    title: str
    starts_at: datetime | None
    timezone: str
    duration_minutes: int = 60
    kind: Literal["once", "standing", "reserved"] = "once"
    weekdays: tuple[int, ...] = ()
    ends_on: datetime | None = None
    occurrences: int | None = None
    description: str = ""
    language: str = "en"
    layout: Literal["classroom", "gallery", "whiteboard", "split"] = "classroom"
    access: str = "private"
    login_required: bool = False
    recording_download: bool = False
    recording: Recording = field(default_factory=Recording)
    controls: Controls = field(default_factory=Controls)
    joint: bool = False
    """Whether both sides start it together, and its time counts only while both are there."""
    reference: str | None = None
    """The customer's own name of it, unique among the tenant's joint classrooms, or among the others."""
    endpoint: str = ""
    """The customer's endpoint through which it is entered, where there are several."""
    terms: Terms = field(default_factory=Terms)
    linger_seconds: int | None = None
    """Of a reserved one: how long people may stay and come after its lesson."""


PlanChanges = dict[str, Any]
"""Changed fields of a ClassroomPlan by name; `kind` cannot change and is ignored."""


def check(plan: ClassroomPlan, now: datetime, *, new_start: bool) -> None:
    """Refuse a plan that cannot be held; `new_start` says whether the start is being set now."""
    if not plan.title.strip():
        raise BadValue("title", "must not be empty")
    must_fit(vars(plan), OF_CLASSROOM)
    if not 1 <= plan.duration_minutes <= LONGEST_MINUTES:
        raise BadValue("duration_minutes", f"must be from 1 to {LONGEST_MINUTES} minutes")
    if not is_zone(plan.timezone):
        raise BadValue("timezone", f"is not a known time zone: {plan.timezone!r}")
    if any(day not in range(1, 8) for day in plan.weekdays):
        raise BadValue("weekdays", "must be days of the week")
    if plan.starts_at is None and (plan.kind == "once" or plan.weekdays):
        raise BadValue("starts_at", "is required")
    if plan.joint and plan.starts_at and plan.ends_on and plan.ends_on <= plan.starts_at:
        raise BadValue("ends_on", "must be after the start")
    if plan.weekdays and plan.starts_at and plan.ends_on and plan.kind == "standing":
        # The vendor's own example ends on the day on which it begins, with no lesson on it; that is taken.
        zone = ZoneInfo(plan.timezone)
        if plan.ends_on.astimezone(zone).date() < plan.starts_at.astimezone(zone).date():
            raise BadValue("ends_on", "must not be before the start: the class would never be held")
    # A joint classroom's start only says from when on people are let in; a reserved one's has no such rule.
    told = plan.kind == "reserved" or plan.joint
    if new_start and not told and plan.starts_at is not None and plan.starts_at < now - MAY_BE_PAST:
        raise PastStart(plan.starts_at)
