"""Twelve Mondays of a class in Berlin: held, skipped, edited, run over, left empty, over."""

from typing import Any

import pytest
from clocked import School

BERLIN = {"timeZoneId": "Europe/Berlin"}
PLAN = {
    "title": "Algebra",
    "startTime": "2027-03-01T10:00:00",
    "type": "perma",
    "schedule": [1],
    "totalClasses": 12,
    "duration": 60,
    **BERLIN,
}


class Mondays:
    """The class, and what may be seen of it."""

    def __init__(self, server: Any) -> None:
        self.school = School(server, "2027-02-22T08:00:00Z")
        self.teacher = self.school.call("POST", "users", {"name": "Ms Teach", "role": "C"})["userId"]
        self.student = self.school.call("POST", "users", {"name": "Ada", "role": "M"})["userId"]
        made = self.school.call("POST", self.teacher, PLAN)
        self.class_id, self.host_link = made["classId"], made["hostLink"]
        seat = {"userId": self.student, "userLink": made["commonLinks"]["commonParticipantLink"]}
        [added] = self.school.call("POST", f"{self.class_id}/users", {"users": [seat]})
        self.student_link = added["userLink"]
        self.expected: list[tuple[Any, ...]] = []

    def told(self) -> list[tuple[Any, ...]]:
        """Every ping so far, in one line each; lessons by number instead of their ids."""
        lessons: dict[str, int] = {"": 0}
        lines: list[tuple[Any, ...]] = []
        for ping in self.school.pings():
            assert (ping["classId"], ping["networkId"]) == (self.class_id, self.school.client_id)
            lesson = lessons.setdefault(ping.get("subClassId", ""), len(lessons))
            match ping["requestType"]:
                case "classStatus":
                    assert ping["timeZoneId"] == "Europe/Berlin"
                    lines.append((lesson, ping["status"], ping["startTime"], ping.get("endTime")))
                case "attendance":
                    times = {row["userId"]: row["totalTime"] for row in ping["attendance"]}
                    lines.append((lesson, times.get(self.teacher), times.get(self.student)))
                case kind:
                    lines.append((lesson, kind))
        return lines

    def expect(self, *lines: tuple[Any, ...]) -> None:
        """These pings came since the last look, in this order, and no others."""
        self.expected += lines
        assert self.told() == self.expected


@pytest.mark.process
def test_the_pings_are_those_that_a_careful_reader_would_list(server: Any) -> None:  # noqa: PLR0915 - one story
    mondays = Mondays(server)
    school = mondays.school

    # Week 1: held from ten to eleven; Ada leaves after half an hour.
    school.advance(to="2027-03-01T10:00:00+01:00")
    with school.person(mondays.host_link, "t") as teacher, school.person(mondays.student_link, "s") as ada:
        teacher.send("start")
        teacher.heard("started")
        school.advance(by="30m")
        ada.send("leave")
        teacher.heard("left")
        school.advance(by="30m")
        teacher.send("end")
        teacher.heard("ended")
    school.advance(by=0)
    mondays.expect(
        (1, "lv", "2027-03-01T10:00:00", None),
        (1, "cp", "2027-03-01T10:00:00", "2027-03-01T11:00:00"),
        (1, 3600, 1800),
        (1, "chats"),
    )

    # Week 2: nobody comes. A class that is held again next week has not expired.
    school.advance(to="2027-03-14T12:00:00Z")
    mondays.expect()

    # Week 3: shortened to 45 minutes before it begins. Such a ping carries the start that the class has.
    school.call("PUT", mondays.class_id, {"duration": 45})
    school.advance(by=0)
    mondays.expect((0, "up", "2027-03-01T10:00:00", None))

    # It begins ten minutes early at the most, and runs over: ended 15 minutes after its length.
    school.advance(to="2027-03-15T09:49:59+01:00")
    with school.person(mondays.host_link, "t") as teacher:
        teacher.send("start")
        assert teacher.heard("refused")["code"] == "notItsTime"
        school.advance(by="1s")
        teacher.send("start")
        teacher.heard("started")
        school.advance(by="3h")
        assert teacher.heard("ended")["by"] == "overtime"
    mondays.expect(
        (2, "lv", "2027-03-15T09:50:00", None),
        (2, "cp", "2027-03-15T09:50:00", "2027-03-15T11:00:00"),
        (2, 4200, None),
        (2, "chats"),
    )

    # Week 5: the clocks were changed on Sunday, and it is still ten. The teacher goes after ten minutes.
    school.advance(to="2027-03-29T10:00:00+02:00")
    with school.person(mondays.host_link, "t") as teacher, school.person(mondays.student_link, "s") as ada:
        ada.send("leave")
        teacher.heard("left")
        teacher.send("start")
        teacher.heard("started")
        school.advance(by="10m")
        teacher.send("leave")
        teacher.closed()
    school.advance(by="1h")
    mondays.expect(
        (3, "lv", "2027-03-29T10:00:00", None),
        (3, "cp", "2027-03-29T10:00:00", "2027-03-29T10:25:00"),
        (3, 600, None),
        (3, "chats"),
    )

    # Week 12, the last: held, and with its time the series is complete.
    school.advance(to="2027-05-17T10:00:00+02:00")
    with school.person(mondays.host_link, "t") as teacher:
        teacher.send("start")
        teacher.heard("started")
        school.advance(by="20m")
        teacher.send("end")
        teacher.heard("ended")
    school.advance(by="1d")
    mondays.expect(
        (4, "lv", "2027-05-17T10:00:00", None),
        (4, "cp", "2027-05-17T10:00:00", "2027-05-17T10:20:00"),
        (4, 1200, None),
        (4, "chats"),
        (0, "cp", "2027-03-01T10:00:00", "2027-05-17T10:45:00"),
    )

    # Nothing comes after the end, and the class says so.
    school.advance(by="52w")
    mondays.expect()
    assert school.call("GET", f"{mondays.class_id}/status")["status"] == "cp"
