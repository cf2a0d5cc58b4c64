"""The bodies of MeritHub's status pings: the vendor's keys in the vendor's order."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ua_parser import parse

from app.dialects.base import Facts
from app.domain.classrooms.tables import Classroom
from app.domain.drive.links import content_path
from app.domain.events.kinds import (
    AttendanceReady,
    AttendanceRow,
    ChatsReady,
    ClassroomCancelled,
    ClassroomEdited,
    ClassroomEnded,
    ClassroomExpired,
    ContentShared,
    LessonEnded,
    LessonStarted,
    RecordingReady,
    SeriesEnded,
)
from app.domain.recordings import links as recording_links
from app.domain.recordings.tables import Recording
from app.kit.signing import sign_link
from app.rules.links import LinkKind

PUBLIC = "public"


def class_status(
    event: LessonStarted
    | LessonEnded
    | SeriesEnded
    | ClassroomEdited
    | ClassroomCancelled
    | ClassroomExpired
    | ClassroomEnded,
    classroom_id: str,
    facts: Facts,
    status: str,
) -> dict[str, Any]:
    """A class's state, by the vendor's two letters."""
    return {
        "networkId": facts.public_id,
        "requestType": "classStatus",
        "startTime": wall(event.starts_at, event.timezone),
        "timeZoneId": event.timezone,
        "classId": classroom_id,
        "status": status,
        # A class that is not live has no sub-class; the key stays, as in the vendor's example.
        "subClassId": event.lesson_id if isinstance(event, LessonStarted | LessonEnded) else "",
    }


def attendance(event: AttendanceReady, classroom_id: str, facts: Facts) -> dict[str, Any]:
    """Who was in a lesson, from when until when, and what each did."""
    return {
        "classId": classroom_id,
        "networkId": facts.public_id,
        "requestType": "attendance",
        "subClassId": event.lesson_id,
        "attendance": [_person(row) for row in event.rows],
    }


def read_reports(reports: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of reports out of the ledger, each with its sub-class."""
    rows = []
    for report in reports:
        for row in report["rows"]:
            times = {name: datetime.fromisoformat(row[name]) for name in ("joined_at", "left_at")}
            rows.append({"subClassId": report["lesson_id"]} | _person(AttendanceRow(**(row | times))))
    return rows


def _person(row: AttendanceRow) -> dict[str, Any]:
    browser, system = _client(row.user_agent)
    return {
        "analytics": {
            "audio": 0,
            "chat": row.messages,
            "content": row.opened,
            "questionAsked": row.questions,
            "quiz": {
                "attempted": row.quiz_attempted,
                "correct": row.quiz_correct,
                "wrong": row.quiz_wrong,
            },
            "raisedHand": row.hands,
            "reaction": row.reactions,
            "reconnect": row.reconnects,
            "whiteboard": row.strokes,
        },
        "browser": browser,
        "endTime": _utc(row.left_at),
        "ip": row.ip,
        "os": system,
        "role": row.role,
        "startTime": _utc(row.joined_at),
        "totalTime": row.seconds,
        "userId": row.user_id,
        "userType": "mu" if row.guest else "su",
    }


def class_files(event: ContentShared, classroom_id: str, facts: Facts) -> dict[str, Any]:
    """A file that was shown, with a link that programs can follow."""
    expires = facts.expires(LinkKind.FILE)
    path = content_path(facts.tenant_id, event.file_id, facts.signing_secret, expires)
    file = {
        "networkId": facts.public_id,
        "subClassId": event.lesson_id or "",
        "userId": event.user_id,
        "type": event.content_type,
        "title": event.title,
        "fileId": event.file_id,
        "url": facts.base_url.rstrip("/") + path,
    }
    return {
        "networkId": facts.public_id,
        "classId": classroom_id,
        "requestType": "classFiles",
        # The vendor writes this one key with a capital letter.
        "Files": [file],
    }


def _client(user_agent: str) -> tuple[dict[str, str], dict[str, str]]:
    """Browser and operating system, each with name and version; `0` is the vendor's unknown version."""
    found = parse(user_agent)
    return _named(found.user_agent), _named(found.os)


def _named(part: Any) -> dict[str, str]:
    if part is None:
        return {"name": "Other", "version": "0"}
    numbers = [number for number in (part.major, part.minor, part.patch) if number]
    return {"name": part.family, "version": ".".join(numbers) or "0"}


def chats(event: ChatsReady, classroom_id: str, facts: Facts) -> dict[str, Any]:
    """Where to read what was said in a lesson."""
    return {
        "networkId": facts.public_id,
        "classId": classroom_id,
        "subClassId": event.lesson_id,
        "requestType": "chats",
        "chats": chat_links(facts, event.lesson_id, event.private),
    }


def chat_links(facts: Facts, lesson_id: str, private: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The links to what was said in public and in each private thread of a lesson."""
    return {
        "public": chat_link(facts, lesson_id, PUBLIC),
        "private": [chat_link(facts, lesson_id, thread_name(pair)) for pair in private],
    }


def thread_name(pair: tuple[str, str]) -> str:
    """What a private thread is called in its link."""
    return "-".join(sorted(pair))


def chat_link(facts: Facts, lesson_id: str, thread: str) -> str:
    """A link that answers a thread's messages as JSON, without login."""
    expires = facts.expires(LinkKind.CHAT)
    path = "/".join(quote(part, safe="") for part in (facts.public_id, "chats", lesson_id, thread))
    signature = sign_link(facts.signing_secret, *chat_signed(lesson_id, thread, expires))
    until = f"expires={expires}&" if expires else ""
    return f"{facts.base_url.rstrip('/')}/v1/{path}?{until}signature={signature}"


def chat_signed(lesson_id: str, thread: str, expires: str = "") -> tuple[str, ...]:
    """What the signature of such a link is over; without an expiry it holds for ever."""
    return ("chats", lesson_id, thread, *([expires] if expires else ()))


def recorded(event: RecordingReady, classroom_id: str, facts: Facts) -> dict[str, Any]:
    """A lesson's recording and its player."""
    return {
        "networkId": facts.public_id,
        "classId": classroom_id,
        "subClassId": event.lesson_id,
        "requestType": "recording",
        "status": "recorded",
        "startTime": wall(event.started_at, event.timezone),
        "duration": _length(event.seconds),
        "url": facts.base_url.rstrip("/")
        + recording_links.player(
            facts.signing_secret, facts.tenant_id, event.recording_id, facts.expires(LinkKind.PLAYER)
        ),
    }


def read_recording(recording: Recording, classroom: Classroom, facts: Facts) -> dict[str, Any]:
    """A recording as its ping told it, with its id, and where to download it if the class offers that."""
    event = RecordingReady(
        recording.lesson_id,
        recording.recording_id,
        recording.started_at,
        classroom.timezone,
        recording.seconds,
    )
    told = recorded(event, recording.classroom_id, facts)
    row = {"recordingId": recording.recording_id} | {
        name: told[name] for name in ("classId", "subClassId", "status", "startTime", "duration", "url")
    }
    if classroom.recording_download:
        expires = facts.expires(LinkKind.DOWNLOAD)
        path = recording_links.download(
            facts.signing_secret, facts.tenant_id, recording.recording_id, expires
        )
        row["downloadUrl"] = facts.base_url.rstrip("/") + path
    return row


def _length(seconds: int) -> str:
    """Hours and minutes, "0:59".

    The vendor's one example is "0:00", which may be this or minutes and seconds. Everywhere else its page
    counts the length of a class in whole minutes, so one that lasts 90 of them is "1:30" and not "90:00".
    """
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}"


def wall(moment: datetime, timezone: str) -> str:
    """Naive wall time in the class's time zone, as the vendor sends it."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M:%S")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
