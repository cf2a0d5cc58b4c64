"""Attendance and chats, read after a lesson."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from merithub_program import Program, refused

from app.domain import activities, attendance, presence
from app.domain.participants import queries as participants
from app.rules.presence import LeaveReason


@pytest.fixture
async def held(program: Program, works: Any, clock: Any, tenant: Any) -> dict[str, str]:
    """A lesson of ten minutes in which the host said something to all and something to one."""
    owner, one = await program.user("Host"), await program.user("One")
    made = await program.schedule(owner)
    class_id = made["classId"]
    added = await program.call("POST", f"{class_id}/users", {"users": [{"userId": one}]})
    async with works.begin() as work:
        door = await participants.door(work, tenant.tenant_id, made["hostLink"])
        other = await participants.door(work, tenant.tenant_id, added.json()[0]["userLink"])
        assert door.participant is not None
        assert other.participant is not None
        host, guest = door.participant.participant_id, other.participant.participant_id
        visit = await presence.open_visit(
            work, tenant.tenant_id, class_id, host, tab="t", ip="192.0.2.7", user_agent=""
        )
        lesson = await activities.start_class(work, tenant.tenant_id, class_id, host)
        await activities.say(work, tenant.tenant_id, class_id, host, "Hello all")
        await activities.say(work, tenant.tenant_id, class_id, host, "Hello you", to=guest)
    clock.advance(timedelta(minutes=10))
    async with works.begin() as work:
        await presence.close_visit(
            work, tenant.tenant_id, visit.visit_id, reason=LeaveReason.LEFT, at=work.now
        )
        await activities.end_class(work, tenant.tenant_id, class_id, host)
        await attendance.settle(work, tenant.tenant_id, lesson.lesson_id)
    return {"class_id": class_id, "lesson_id": lesson.lesson_id, "owner": owner}


async def test_attendance_is_read_by_class_and_sub_class(program: Program, held: dict[str, str]) -> None:
    path = f"{held['class_id']}/attendance"
    body = (await program.call("GET", path)).json()
    assert (body["classId"], body["networkId"]) == (held["class_id"], program.client_id)
    (row,) = body["attendance"]
    assert (row["subClassId"], row["userId"]) == (held["lesson_id"], held["owner"])
    assert (row["totalTime"], row["ip"], row["analytics"]["chat"]) == (600, "192.0.2.7", 2)
    assert (await program.call("GET", f"{path}?subClassId={held['lesson_id']}")).json() == body
    assert (await program.call("GET", f"{path}?subClassId=other")).json()["attendance"] == []


async def sheet_of(program: Program, class_id: str, query: str = "format=csv", **headers: str) -> Any:
    """The attendance as rows of cells, the names of the columns first."""
    answer = await program.client.get(
        f"/v1/{program.client_id}/{class_id}/attendance?{query}",
        headers={"authorization": program.token, **headers},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="attendance-{class_id}.csv"'
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_attendance_is_a_table_too(program: Program, held: dict[str, str]) -> None:
    await program.call("PUT", held["class_id"], {"timeZoneId": "Asia/Kolkata"})
    header, row = await sheet_of(program, held["class_id"])
    assert header[:8] == [
        "subClassId",
        "userId",
        "name",
        "role",
        "userType",
        "startTime",
        "endTime",
        "totalTime",
    ]
    assert {"analytics.chat", "analytics.quiz.correct", "browser.name", "ip"} <= set(header)
    cells = dict(zip(header, row, strict=True))
    assert row[:5] == [held["lesson_id"], held["owner"], "Host", "host", "su"]
    assert row[5:8] == ["2026-03-02T13:30:00+05:30", "2026-03-02T13:40:00+05:30", "600"]
    assert (cells["analytics.chat"], cells["ip"]) == ("2", "192.0.2.7")


async def test_the_table_has_every_key_of_the_rows(program: Program, held: dict[str, str]) -> None:
    (row,) = (await program.call("GET", f"{held['class_id']}/attendance")).json()["attendance"]
    header, _ = await sheet_of(program, held["class_id"])
    assert {column.split(".")[0] for column in header} == row.keys() | {"name"}
    assert {f"analytics.{key}" for key in row["analytics"] if key != "quiz"} <= set(header)


async def test_the_accept_header_asks_for_a_table_and_the_query_is_stronger(
    program: Program, held: dict[str, str]
) -> None:
    path = f"{held['class_id']}/attendance"
    assert len(await sheet_of(program, held["class_id"], "", accept="text/csv;q=0.9, */*")) == 2
    headers = {"authorization": program.token, "accept": "text/csv"}
    answer = await program.client.get(f"/v1/{program.client_id}/{path}?format=json", headers=headers)
    assert answer.json()["classId"] == held["class_id"]
    refused(await program.call("GET", f"{path}?format=xml"), 400, "invalidParameter")


async def test_a_table_without_rows_has_its_columns(program: Program, held: dict[str, str]) -> None:
    full = await sheet_of(program, held["class_id"])
    assert await sheet_of(program, held["class_id"], "format=csv&subClassId=other") == full[:1]


async def test_a_name_in_the_table_is_no_formula_and_an_erased_one_is_empty(
    program: Program, held: dict[str, str]
) -> None:
    await program.call("PUT", f"users/{held['owner']}", {"name": '=HYPERLINK("http://evil.test")'})
    assert (await sheet_of(program, held["class_id"]))[1][2] == '\'=HYPERLINK("http://evil.test")'
    await program.call("DELETE", f"users/{held['owner']}")
    assert (await sheet_of(program, held["class_id"]))[1][1:3] == [held["owner"], ""]


async def test_chat_links_answer_json_without_login(program: Program, held: dict[str, str]) -> None:
    body = (await program.call("GET", f"{held['class_id']}/chats")).json()
    (chats,) = body["chats"]
    public = (await program.client.get(chats["public"])).json()
    assert [(line["userId"], line["message"]) for line in public] == [(held["owner"], "Hello all")]
    (link,) = chats["private"]
    private = (await program.client.get(link)).json()
    assert [line["message"] for line in private] == ["Hello you"]


async def test_a_chat_link_opens_its_own_thread_only(program: Program, held: dict[str, str]) -> None:
    (chats,) = (await program.call("GET", f"{held['class_id']}/chats")).json()["chats"]
    public, private = urlsplit(chats["public"]), urlsplit(chats["private"][0])
    refused(await program.client.get(f"{private.path}?{public.query}"), 401, "unauthorized")
    refused(await program.client.get(public.path), 401, "unauthorized")


async def test_the_chats_of_a_deleted_class_are_gone(program: Program, held: dict[str, str]) -> None:
    (chats,) = (await program.call("GET", f"{held['class_id']}/chats")).json()["chats"]
    await program.call("DELETE", held["class_id"])
    refused(await program.client.get(chats["public"]), 404, "notFound")
    refused(await program.call("GET", f"{held['class_id']}/attendance"), 404, "classNotFound")
