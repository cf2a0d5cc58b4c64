"""A lesson on a test clock that is recorded through Agora's API until its limit, and watched from there."""

from datetime import UTC, datetime
from typing import Any

import av
import pytest
from clocked import School
from waiting import eventually

from app.dialects.agora import building
from app.dialects.agora.building import Seal

BEGIN = datetime(2031, 3, 3, 8, tzinfo=UTC)
DAY = 86_400


class Recorded:
    """A class that the customer's program records."""

    def __init__(self, school: School) -> None:
        self.school = school
        switch = {"agora": {"every_class_is_a_room": True}}
        url = f"/_/admin/v1/tenants/{school.tenant_id}"
        assert school.server.api.patch(url, json=switch, headers=school.server.admin).is_success
        self.teacher: str = school.call("POST", "users", {"name": "Ms Teach", "role": "C"})["userId"]
        plan = {
            "title": "Algebra",
            "startTime": "2031-03-03T09:00:00+00:00",
            "timeZoneId": "UTC",
            "duration": 60,
        }
        made = school.call("POST", self.teacher, plan)
        self.class_id, self.link = made["classId"], made["hostLink"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        app = self.school.credentials["agora"]
        seal = Seal(app["app_id"], app["app_certificate"], int(BEGIN.timestamp()), DAY, 7)
        headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
        url = f"/edu/apps/{app['app_id']}/v2/rooms/{self.class_id}/{path}"
        answer = self.school.server.api.request(method, url, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json().get("data")

    def list(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "records")["list"]
        return found

    def film(self, number: int) -> str:
        """Where the film of a recording is, once it is made."""

        def look() -> str:
            one = self.list()[number]
            return one["url"] or (one["recordDetails"] or [{"url": ""}])[0]["url"]

        return eventually(look, "the film")


@pytest.fixture
def recorded(server: Any) -> Recorded:
    return Recorded(School(server, BEGIN.isoformat(), "filmed"))


def seconds(url: str) -> float:
    with av.open(url) as film:
        assert film.duration is not None
        assert next(film.decode(video=0)).width == 640
        return film.duration / 1_000_000


def test_a_recording_is_held_goes_on_reaches_its_limit_and_plays(recorded: Recorded) -> None:
    school = recorded.school
    school.advance(by="1h")
    teacher = school.person(recorded.link, "teacher").enter()
    teacher.send("start")
    teacher.heard("started")
    look = {"rootUrl": "https://page.example", "videoWidth": 640, "videoHeight": 480, "maxRecordingHour": 1}
    recorded.call("PUT", "records/states/1", {"mode": "web", "webRecordConfig": look})
    assert teacher.heard("recording")["state"] == "running"
    school.advance(by="10m")
    recorded.call("PATCH", "records/states/1", {"webRecordConfig": {"onhold": True}})
    assert teacher.heard("recording")["state"] == "held"
    school.advance(by="30m")
    recorded.call("PATCH", "records/states/1", {"webRecordConfig": {"onhold": False}})
    assert teacher.heard("recording")["state"] == "running"
    teacher.send("draw", page=1, color="#c5221f", width=5, points=[[100, 100], [9000, 9000]])
    rang = school.advance(by="20m")
    assert [one["kind"] for one in rang if one["kind"] == "take_limit"] == ["take_limit"]
    assert teacher.heard("recording")["state"] == "over"

    [one] = recorded.list()
    assert (one["status"], one["endTime"] - one["startTime"]) == (2, 3_600_000)
    events = recorded.call("GET", "sequences?cmd=1001")["list"]
    assert [event["data"]["state"] for event in events] == [1, 2]
    assert seconds(recorded.film(0)) == pytest.approx(30 * 60, abs=0.1)

    # Once more, as a stream of pieces.
    recorded.call("PUT", "records/states/1", {"webRecordConfig": look})
    school.advance(by="3m")
    recorded.call("PUT", "records/states/0")
    assert seconds(recorded.film(1)) == pytest.approx(180, abs=0.2)
