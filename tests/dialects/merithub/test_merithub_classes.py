"""Scheduling, editing, cancelling and deleting classes, and letting users in."""

import re
from typing import Any

import pytest
from merithub_program import Program, golden, refused, shape

# The examples lie in the past; a class may not.
LATER = {"startTime": "2026-10-05T15:29:00+05:30", "endDate": "2026-10-05T15:29:00+05:30"}


async def test_the_vendors_example_is_scheduled(program: Program) -> None:
    owner = await program.user()
    answer = await program.call("POST", owner, golden("schedule_class.request") | LATER)
    made = answer.json()
    assert shape(made) == shape(golden("schedule_class.response"))
    links = [*made["commonLinks"].values(), made["hostLink"]]
    assert len(set(links)) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{22,120}", link) for link in links)
    shown = await program.shown(made["classId"])
    asked = golden("schedule_class.request") | LATER | {"endDate": "", "schedule": [], "totalClasses": 0}
    assert {key: shown[key] for key in asked} == asked


async def test_the_vendors_example_is_edited(program: Program) -> None:
    made = await program.schedule(await program.user())
    answer = await program.call("PUT", made["classId"], golden("edit_class.request") | LATER)
    assert answer.json() == golden("success.response")
    shown = await program.shown(made["classId"])
    assert (shown["duration"], shown["startTime"]) == (30, "2026-10-05T15:29:00+05:30")


@pytest.mark.parametrize(
    ("start", "zone", "meant"),
    [
        ("2026-03-02T10:00:00Z", "UTC", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02T10:00:00.123Z", "UTC", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02t10:00:00z", "Asia/Calcutta", "2026-03-02T15:30:00+05:30"),
        ("2026-03-02T15:00:00", "Asia/Calcutta", "2026-03-02T15:00:00+05:30"),
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T03:00:00+02:00"),
    ],
)
async def test_start_times_are_read_as_they_were_meant(
    program: Program, start: str, zone: str, meant: str
) -> None:
    made = await program.schedule(await program.user(), startTime=start, timeZoneId=zone)
    assert (await program.shown(made["classId"]))["startTime"] == meant


async def test_a_missing_time_zone_is_the_owners(program: Program) -> None:
    owner = await program.user(timeZone="Asia/Kolkata")
    made = await program.schedule(owner, startTime="2026-03-02T15:00:00")
    assert (await program.shown(made["classId"]))["startTime"] == "2026-03-02T15:00:00+05:30"


async def test_two_minutes_past_is_forgiven_and_more_is_not(program: Program) -> None:
    owner = await program.user()
    await program.schedule(owner, startTime="2026-03-02T07:58:00Z")
    body = {"title": "late", "startTime": "2026-03-02T07:57:59Z"}
    refused(await program.call("POST", owner, body), 400, "timeAlreadyPassed")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"title": ""}, "title"),
        ({"startTime": ""}, "startTime"),
        ({"startTime": "tomorrow"}, "startTime"),
        ({"startTime": "9999-12-31T23:59:59Z"}, "startTime"),
        ({"duration": 0}, "duration"),
        ({"duration": "1441"}, "duration"),
        ({"duration": "an hour"}, "duration"),
        ({"timeZoneId": "Mars/Olympus"}, "timeZoneId"),
        ({"timeZoneId": "../../etc/passwd"}, "timeZoneId"),
        ({"type": "weekly"}, "type"),
        ({"layout": "XX"}, "layout"),
        ({"type": "perma", "schedule": [7]}, "schedule"),
        ({"type": "perma", "totalClasses": 10**12}, "totalClasses"),
        ({"login": "perhaps"}, "login"),
        ({"title": ["a"]}, "title"),
    ],
)
async def test_a_wrong_value_is_named(program: Program, wrong: dict[str, Any], named: str) -> None:
    body = {"title": "Algebra", "startTime": "2026-03-02T10:00:00Z"} | wrong
    answer = await program.call("POST", await program.user(), body)
    assert answer.status_code == 400
    assert named in answer.json()["message"]


async def test_values_are_read_with_goodwill(program: Program) -> None:
    made = await program.schedule(
        await program.user(),
        duration="45",
        login="true",
        recordingDownload=1,
        layout="gl",
        unknown={"a": 1},
        recording={"record": "true"},
        participantControl={"audio": "1"},
        endDate="",
        totalClasses=0,
    )
    shown = await program.shown(made["classId"])
    assert (shown["duration"], shown["login"], shown["recordingDownload"], shown["layout"]) == (
        45,
        True,
        True,
        "GL",
    )
    assert shown["recording"] == {"record": True, "autoRecord": False, "recordingControl": True}
    assert shown["participantControl"] == {"write": False, "audio": True, "video": False}


async def test_a_perma_class_needs_no_start(program: Program) -> None:
    owner = await program.user()
    answer = await program.call("POST", owner, {"title": "Open", "type": "perma", "schedule": []})
    assert (await program.shown(answer.json()["classId"]))["startTime"] == ""


async def test_a_schedule_counts_days_from_sunday(program: Program) -> None:
    made = await program.schedule(
        await program.user(), type="perma", schedule=["0", 2], totalClasses="20", endDate="2026-06-01"
    )
    shown = await program.shown(made["classId"])
    assert (shown["schedule"], shown["totalClasses"]) == ([0, 2], 20)
    assert shown["endDate"] == "2026-06-01T23:59:59+00:00"


async def test_the_type_of_a_class_never_changes(program: Program) -> None:
    made = await program.schedule(await program.user())
    answer = await program.call("PUT", made["classId"], {"type": "perma", "title": "New"})
    assert answer.json() == {"message": "success"}
    shown = await program.shown(made["classId"])
    assert (shown["type"], shown["title"]) == ("oneTime", "New")


async def test_a_class_is_cancelled_by_its_status(program: Program) -> None:
    made = await program.schedule(await program.user())
    answer = await program.call("PUT", made["classId"], {"status": "cl"})
    assert answer.json() == {"message": "success"}
    status = (await program.call("GET", f"{made['classId']}/status")).json()
    assert status["status"] == "cl"


async def test_the_status_is_read_by_class_and_by_user(program: Program) -> None:
    owner = await program.user()
    class_id = (await program.schedule(owner))["classId"]
    row = {
        "classId": class_id,
        "id": class_id,
        "status": "up",
        "title": "Algebra",
        "startTime": "2026-03-02T10:00:00+00:00",
    }
    for path in (f"{class_id}/status", f"{owner}/status?classId={class_id}"):
        answer = await program.call("GET", path)
        assert answer.json() == {"classId": class_id, "status": "up", "classes": [row]}


async def test_a_deleted_class_is_gone(program: Program) -> None:
    class_id = (await program.schedule(await program.user()))["classId"]
    assert (await program.call("DELETE", class_id)).json() == {"message": "success"}
    refused(await program.call("GET", class_id), 404, "classNotFound")
    refused(await program.call("DELETE", class_id), 404, "classNotFound")


async def test_users_are_let_in_with_links_of_their_own(program: Program) -> None:
    made = await program.schedule(await program.user("Host"))
    one, two = await program.user("One"), await program.user("Two")
    link = made["commonLinks"]["commonModeratorLink"]
    body = {
        "users": [
            {"userId": two, "userLink": f"https://live.merithub.com/info/room/c/{link}?a=b"},
            {"userId": one},
        ]
    }
    answer = (await program.call("POST", f"{made['classId']}/users", body)).json()
    assert [row["userId"] for row in answer] == [two, one]
    assert shape(answer) == shape(golden("add_users_to_class.response"))
    again = (await program.call("POST", f"{made['classId']}/users", body)).json()
    assert again == answer


async def test_one_unknown_user_lets_nobody_in(program: Program) -> None:
    made = await program.schedule(await program.user("Host"))
    one = await program.user("One")
    body = {"users": [{"userId": one}, {"userId": "nobody"}]}
    answer = await program.call("POST", f"{made['classId']}/users", body)
    assert "nobody" in refused(answer, 404, "userNotFound")["message"]


@pytest.mark.parametrize("word", ["removeuser", "removeusers"])
async def test_users_are_put_out_but_not_the_only_host(program: Program, word: str) -> None:
    owner = await program.user("Host")
    made = await program.schedule(owner)
    one = await program.user("One")
    body = {"users": [{"userId": one, "userLink": ""}]}
    await program.call("POST", f"{made['classId']}/users", body)
    answer = await program.call("POST", f"{made['classId']}/{word}", {"users": [one]})
    assert answer.json() == {"message": "success"}
    answer = await program.call("POST", f"{made['classId']}/{word}", {"users": [owner]})
    refused(answer, 400, "lastHost")


@pytest.mark.parametrize("schedule", [None, "", []])
async def test_no_days_are_no_fault(program: Program, schedule: Any) -> None:
    ada = await program.user("Ada")
    assert await program.schedule(ada, schedule=schedule)


async def test_a_week_has_so_many_days_and_not_a_thousand(program: Program) -> None:
    ada = await program.user("Ada")
    body = {"title": "Algebra", "startTime": "2026-03-02T10:00:00Z", "schedule": [1] * 101}
    told = refused(await program.call("POST", ada, body), 400, "invalidRequest")
    assert "at most 100 entries" in told["message"]
