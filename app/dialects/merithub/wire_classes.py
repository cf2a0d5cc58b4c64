"""Classes in MeritHub's names: what is scheduled and edited, and how a class is shown."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BeforeValidator, Field

from app.dialects.merithub.fields import Flag, Many, Number, Text, Wire, instant, last_moment, zone
from app.dialects.merithub.words import (
    KINDS,
    LAYOUTS,
    MOST_CLASSES,
    ONE_TIME,
    STATES,
    SUNDAY,
    code,
    only_said,
    word,
)
from app.domain.classrooms import ClassroomPlan, PlanChanges
from app.domain.classrooms.plan import Controls, Recording
from app.domain.classrooms.queries import Standing
from app.domain.classrooms.tables import Classroom
from app.rules.lifecycle import State
from app.rules.recurrence import instant as wall_instant
from app.rules.refusals import BadValue
from app.rules.seats import SeatRole

MOST_DAYS = 100
"""Of a week; some programs name one several times."""


def _few(days: Any) -> Any:
    if isinstance(days, list) and len(days) > MOST_DAYS:
        raise ValueError(f"must have at most {MOST_DAYS} entries")
    return days


class RecordingBody(Wire):
    """What is recorded, and who may start it."""

    record: Flag = None
    auto_record: Flag = Field(None, alias="autoRecord")
    recording_control: Flag = Field(None, alias="recordingControl")

    def to_recording(self, before: Recording) -> Recording:
        """The recording, with what was not said as before."""
        said = {"record": self.record, "auto": self.auto_record, "control": self.recording_control}
        return Recording(**(_recording(before) | only_said(said)))


class ControlBody(Wire):
    """What participants may do."""

    write: Flag = None
    audio: Flag = None
    video: Flag = None

    def to_controls(self, before: Controls) -> Controls:
        """The controls, with what was not said as before."""
        said = {"write": self.write, "audio": self.audio, "video": self.video}
        return replace(before, **only_said(said))


def _recording(recording: Recording) -> dict[str, bool]:
    return {"record": recording.record, "auto": recording.auto, "control": recording.control}


class ClassBody(Wire):
    """A class to schedule, or the changes to one."""

    title: Text = None
    start_time: Text = Field(None, alias="startTime")
    end_date: Text = Field(None, alias="endDate")
    recording_download: Flag = Field(None, alias="recordingDownload")
    duration: Number = None
    lang: Text = None
    timezone: Text = Field(None, validation_alias=AliasChoices("timeZoneId", "timeZone"))
    description: Text = None
    kind: Text = Field(None, alias="type")
    access: Text = None
    login: Flag = None
    layout: Text = None
    status: Text = None
    recording: RecordingBody | None = None
    participant_control: ControlBody | None = Field(None, alias="participantControl")
    schedule: Annotated[list[Number] | None, BeforeValidator(_few), Many] = None
    total_classes: Number = Field(None, alias="totalClasses")

    @property
    def cancels(self) -> bool:
        """Whether an edit is meant to cancel the class."""
        return (self.status or "").strip().lower() == "cl"

    def to_plan(self, default_timezone: str) -> ClassroomPlan:
        """The new class; a time zone not named is the owner's, else UTC."""
        timezone = self.timezone or default_timezone or "UTC"
        kind = word("type", self.kind, KINDS) or "once"
        said = self._plain(zone(timezone)) | {"timezone": timezone, "kind": kind}
        if kind == "once":
            said = {name: value for name, value in said.items() if name not in SERIES_ONLY}
        if not said.get("starts_at") and (kind == "once" or said.get("weekdays")):
            raise BadValue("startTime", "is required")
        return ClassroomPlan(
            **({"title": "", "starts_at": None} | said),
            recording=(self.recording or RecordingBody()).to_recording(Recording()),
            controls=(self.participant_control or ControlBody()).to_controls(Controls()),
        )

    def to_changes(self, before: Classroom) -> PlanChanges:
        """What an edit changes; the type of a class never does."""
        timezone = self.timezone or before.timezone
        said = self._plain(zone(timezone))
        if before.kind == "once":
            said = {name: value for name, value in said.items() if name not in SERIES_ONLY}
        if self.timezone:
            said["timezone"] = self.timezone
            # A class is at ten, wherever that is: what is not said anew keeps its wall time.
            for name in ("starts_at", "ends_on"):
                moment = getattr(before, name)
                if name not in said and moment is not None:
                    held = moment.astimezone(ZoneInfo(before.timezone)).replace(tzinfo=None)
                    said[name] = wall_instant(held, zone(timezone))
        if self.recording:
            said["recording"] = self.recording.to_recording(Recording(**before.recording))
        if self.participant_control:
            said["controls"] = self.participant_control.to_controls(Controls(**before.controls))
        return said

    def _plain(self, timezone: ZoneInfo) -> dict[str, Any]:
        return only_said(
            {
                "title": self.title,
                "starts_at": instant(self.start_time, "startTime", timezone) if self.start_time else None,
                "duration_minutes": self.duration,
                "weekdays": self._weekdays(),
                "ends_on": self._ends_on(timezone),
                "occurrences": self._occurrences(),
                "description": self.description,
                "language": self.lang or None,
                "layout": word("layout", self.layout, LAYOUTS),
                "access": self.access or None,
                "login_required": self.login,
                "recording_download": self.recording_download,
            }
        )

    def _weekdays(self) -> tuple[int, ...] | None:
        """ISO weekdays; the vendor counts from Sunday = 0."""
        if self.schedule is None:
            return None
        days = [number for number in self.schedule if number is not None]
        if not all(0 <= number < SUNDAY for number in days):
            raise BadValue("schedule", "must hold days from 0 (Sunday) to 6 (Saturday)")
        return tuple(sorted({number or SUNDAY for number in days}))

    def _ends_on(self, timezone: ZoneInfo) -> datetime | None:
        if (self.end_date or "").strip() in ("", "0"):
            return None
        return last_moment(str(self.end_date), "endDate", timezone)

    def _occurrences(self) -> int | None:
        number = self.total_classes or None
        if number is not None and not 1 <= number <= MOST_CLASSES:
            raise BadValue("totalClasses", f"must be from 1 to {MOST_CLASSES}")
        return number


SERIES_ONLY = frozenset({"weekdays", "ends_on", "occurrences"})


def scheduled_class(classroom: Classroom, links: dict[SeatRole, str], host_link: str) -> dict[str, Any]:
    """The answer to scheduling: the class and its four links."""
    return {
        "classId": classroom.classroom_id,
        "commonLinks": {
            "commonHostLink": links[SeatRole.HOST],
            "commonModeratorLink": links[SeatRole.MODERATOR],
            "commonParticipantLink": links[SeatRole.PARTICIPANT],
        },
        "hostLink": host_link,
    }


def local(moment: datetime | None, timezone: str) -> str:
    """A moment with the offset of the time zone; empty where there is none."""
    return moment.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds") if moment else ""


def full_class(classroom: Classroom, client_id: str) -> dict[str, Any]:
    """A class, whole, in the order of the vendor's request."""
    recording, controls = classroom.recording, classroom.controls
    return {
        "classId": classroom.classroom_id,
        "networkId": client_id,
        "title": classroom.title,
        "startTime": local(classroom.starts_at, classroom.timezone),
        "endDate": local(classroom.ends_on, classroom.timezone),
        "recordingDownload": classroom.recording_download,
        "duration": classroom.duration_minutes,
        "lang": classroom.language,
        "timeZoneId": classroom.timezone,
        "description": classroom.description,
        "type": code(classroom.kind, KINDS) or ONE_TIME,
        "access": classroom.access,
        "login": classroom.login_required,
        "layout": code(classroom.layout, LAYOUTS),
        "status": STATES[State(classroom.state)],
        "recording": {
            "record": recording["record"],
            "autoRecord": recording["auto"],
            "recordingControl": recording["control"],
        },
        "participantControl": {name: controls[name] for name in ("write", "audio", "video")},
        "schedule": sorted(number % SUNDAY for number in classroom.weekdays),
        "totalClasses": classroom.occurrences or 0,
    }


def class_status(classroom: Standing) -> dict[str, Any]:
    """Where a class is in its life, in the two shapes that programs read."""
    status = STATES[State(classroom.state)]
    row = {
        "classId": classroom.classroom_id,
        "id": classroom.classroom_id,
        "status": status,
        "title": classroom.title,
        "startTime": local(classroom.starts_at, classroom.timezone),
    }
    return {"classId": classroom.classroom_id, "status": status, "classes": [row]}
