"""Status pings: the vendor's own examples, byte for byte where the facts are the same."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from merithub_program import golden, shape

from app.dialects.base import Facts
from app.dialects.merithub.translate import translate
from app.domain.events import kinds

STARTS = datetime(2021, 4, 16, 7, 44, 48, tzinfo=UTC)  # 13:14:48 in Kolkata
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/105.000 Safari/537.36"
FACTS = Facts("network_Id", "https://homeroom.test", "secret")


def ping(event: kinds.AnyEvent) -> dict[str, Any]:
    notice = translate(event, "class_Id", FACTS)
    assert notice is not None
    body: dict[str, Any] = json.loads(notice.body)
    assert notice.kind == body["requestType"]
    return body


def test_a_started_lesson_is_the_vendors_example() -> None:
    body = ping(kinds.LessonStarted("subClassId", STARTS, "Asia/Kolkata", STARTS))
    assert list(body.items()) == list(golden("class_status.ping").items())


def test_an_ended_lesson_has_an_end() -> None:
    ended = datetime(2021, 4, 16, 8, 44, 48, tzinfo=UTC)
    body = ping(kinds.LessonEnded("subClassId", STARTS, "Asia/Kolkata", ended, "overtime"))
    expected = golden("class_status.ping") | {"status": "cp", "endTime": "2021-04-16T14:14:48"}
    assert list(body.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (kinds.ClassroomEdited(STARTS, "Asia/Kolkata"), "up"),
        (kinds.ClassroomCancelled(STARTS, "Asia/Kolkata"), "cl"),
        (kinds.ClassroomExpired(STARTS, "Asia/Kolkata"), "ex"),
    ],
)
def test_what_befalls_a_class_is_told(event: kinds.AnyEvent, status: str) -> None:
    assert ping(event) == golden("class_status.ping") | {"status": status, "subClassId": ""}


def test_attendance_is_the_vendors_example() -> None:
    row = kinds.AttendanceRow(
        user_id="user_Id_1",
        guest=True,
        role="host",
        joined_at=datetime(2022, 10, 16, 17, 53, tzinfo=UTC),
        left_at=datetime(2022, 10, 16, 17, 57, 4, tzinfo=UTC),
        seconds=244,
        reconnects=2,
        messages=0,
        ip="ip_address",
        user_agent=CHROME,
        strokes=3,
    )
    body = ping(kinds.AttendanceReady("Subclass___ID", (row,)))
    assert json.dumps(body) == json.dumps(golden("attendance.ping"))


def test_each_counter_has_its_place() -> None:
    counted = {
        "hands": 1,
        "reactions": 2,
        "questions": 3,
        "opened": 4,
        "strokes": 5,
        "quiz_attempted": 8,
        "quiz_correct": 6,
        "quiz_wrong": 2,
    }
    row = kinds.AttendanceRow("u", False, "participant", STARTS, STARTS, 0, 9, 10, "", "", **counted)
    person = ping(kinds.AttendanceReady("s", (row,)))["attendance"][0]
    assert person["analytics"] == {
        "audio": 0,
        "chat": 10,
        "content": 4,
        "questionAsked": 3,
        "quiz": {"attempted": 8, "correct": 6, "wrong": 2},
        "raisedHand": 1,
        "reaction": 2,
        "reconnect": 9,
        "whiteboard": 5,
    }


def test_an_unknown_browser_has_a_name_too() -> None:
    row = kinds.AttendanceRow("u", False, "participant", STARTS, STARTS, 0, 0, 0, "", "")
    person = ping(kinds.AttendanceReady("s", (row,)))["attendance"][0]
    assert person["browser"] == {"name": "Other", "version": "0"}
    assert person["userType"] == "su"


def test_chats_are_the_vendors_example_with_links() -> None:
    body = ping(kinds.ChatsReady("subClassId", (("a", "b"),)))
    assert shape(body) == shape(golden("chats.ping"))
    start = "https://homeroom.test/v1/network_Id/chats/subClassId/"
    assert body["chats"]["public"].startswith(f"{start}public?signature=")
    assert body["chats"]["private"][0].startswith(f"{start}a-b?signature=")


def test_a_recording_is_the_vendors_example_with_a_link() -> None:
    facts = Facts("networkId", "https://homeroom.test", "secret", "tenant")
    ready = kinds.RecordingReady("subClassId", "recordingId", STARTS, "Asia/Kolkata", 59)
    notice = translate(ready, "classId", facts)
    assert notice is not None
    body = json.loads(notice.body)
    url = body.pop("url")
    assert url.startswith("https://homeroom.test/_/recording/tenant/recordingId?signature=")
    expected = golden("recording.ping")
    del expected["url"]
    assert list(body.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [
        (0, "0:00"),
        (59, "0:00"),
        (60, "0:01"),
        (3599, "0:59"),
        (3600, "1:00"),
        (5400, "1:30"),
        (86400, "24:00"),
    ],
)
def test_the_duration_is_hours_and_minutes(seconds: int, duration: str) -> None:
    assert ping(kinds.RecordingReady("s", "r", STARTS, "UTC", seconds))["duration"] == duration


def test_class_files_are_the_vendors_example_with_a_link() -> None:
    facts = Facts("networkId", "https://homeroom.test", "secret", "tenant")
    event = kinds.ContentShared(
        "file", "p", "user", "Sheet", "application/pdf", "lesson", STARTS, again=False
    )
    notice = translate(event, "classId", facts)
    assert notice is not None
    body = json.loads(notice.body)
    assert shape(body) == shape(golden("class_files.ping"))
    (file,) = body["Files"]
    # As the vendor's receivers store it: it holds as long as links to chats and recordings do.
    assert file.pop("url").startswith("https://homeroom.test/_/content/tenant/file?signature=")
    assert file == {
        "networkId": "networkId",
        "subClassId": "lesson",
        "userId": "user",
        "type": "application/pdf",
        "title": "Sheet",
        "fileId": "file",
    }


def test_coming_and_going_are_not_told() -> None:
    assert translate(kinds.VisitorJoined("p", "v", "Ada", "host"), "c", FACTS) is None
