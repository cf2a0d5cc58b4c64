"""The REST API: shapes, filters, pages and refusals as programs in production rely on them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from held import TOKEN, Lesson
from learncube_program import BASE, Program, golden, like

from app.domain import joint, outbox, presence
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.rules.refusals import NotItsTime, RoomClosed, RoomFull
from app.rules.seats import SeatRole
from app.workers.scheduler import Scheduler

MINUTE = timedelta(minutes=1)
NOBODY = "7d0b5c1e-1f0a-4c53-8a4f-8d43a1c7b2d1"


@pytest.fixture
async def subscribed(works: Works, tenant: Any) -> None:
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "learncube", "callback", "http://127.0.0.1:9/")


@pytest.fixture
def lesson(works: Works, tenant: Any, clock: ManualClock) -> Lesson:
    return Lesson(works, tenant.tenant_id, clock)


async def test_a_classroom_from_its_making_to_its_end(program: Program, client: httpx.AsyncClient) -> None:
    made = await program.call("POST", "classrooms/", json=golden("create_classroom.request.json"))
    wanted = golden("create_classroom.response.json")
    assert (made.status_code, made.json()) == (201, like(made.json(), wanted))
    assert list(made.json()) == list(wanted)
    uuid = made.json()["uuid"]
    for slash in ("", "/"):
        assert await program.get(f"classrooms/{uuid}{slash}") == made.json()
        assert (await program.get(f"classrooms{slash}"))["results"] == [made.json()]
    form = {"room_token": "form", "description": "by form", "cancelled": "true"}
    by_form = await program.call("POST", "classrooms", data=form)
    assert (by_form.status_code, by_form.json()["cancelled"], by_form.json()["start"]) == (201, True, None)

    taken = await program.call("POST", "classrooms/", json={"room_token": "12345"})
    assert (taken.status_code, list(taken.json())) == (400, ["room_token"])

    async def change(**body: Any) -> Any:
        answer = await program.call("PUT", f"classrooms/{uuid}/", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    changed = await change(description="Geometry", audio_only=True, max_participants=None)
    assert changed == made.json() | {"description": "Geometry", "audio_only": True, "max_participants": None}
    assert (await change(room_token="ABC123"))["room_url"] == "http://homeroom.test/classv3/?token=ABC123"
    assert (await change(cancelled=True))["cancelled"] is True
    assert (await change(cancelled=False))["cancelled"] is False

    gone = await program.call("DELETE", f"classrooms/{uuid}/")
    assert (gone.status_code, gone.content) == (204, b"")
    for path in (uuid, NOBODY, "nothing"):
        for method in ("GET", "PUT", "DELETE"):
            answer = await program.call(method, f"classrooms/{path}/", json={})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    wrong = await program.call("PATCH", "classrooms/")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": 'Method "PATCH" not allowed.'})


async def test_every_field_that_is_wrong_is_named_and_nothing_changes(program: Program) -> None:
    wrong = {
        "start": "soon",
        "end": 7,
        "max_participants": 0,
        "audio_only": "perhaps",
        "return_url": "javascript:alert(1)",
        "teacher_id": "x" * 201,
    }
    answer = await program.call("POST", "classrooms/", json=wrong)
    assert (answer.status_code, set(answer.json())) == (400, {"room_token", *wrong})
    assert all(isinstance(said, list) and said for said in answer.json().values())
    assert answer.json()["room_token"] == ["This field is required."]
    backwards = {"room_token": "a", "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T09:00:00Z"}
    answer = await program.call("POST", "classrooms/", json=backwards)
    assert (answer.status_code, answer.json()) == (400, {"end": ["Must be after the start."]})
    for body, key in ((b"[]", "non_field_errors"), (b"{", "detail"), (b'"x"', "room_token")):
        answer = await program.call("POST", "classrooms/", content=body)
        assert (answer.status_code, list(answer.json())) == (400, [key])
    assert (await program.get("classrooms"))["count"] == 0


async def test_a_lesson_in_the_lists_and_in_the_class_log(
    program: Program, lesson: Lesson, subscribed: None
) -> None:
    await lesson.held()
    await lesson.tried(None, 500, 200)

    [room] = (await program.get("classrooms/", room_token="ABC123"))["results"]
    assert room == like(room, golden("read_classroom.response.json"))
    seats = (await program.get("participants/"))["results"]
    assert sorted(seats, key=lambda seat: seat["userid"]) == [
        like(seat, wanted)
        for seat, wanted in zip(
            sorted(seats, key=lambda seat: seat["userid"]),
            golden("list_participants.response.json")["results"],
            strict=True,
        )
    ]
    assert await program.get(f"participants/{seats[0]['uuid']}/") == seats[0]

    log = (await program.get("logs/"))["results"]
    [ended] = [one for one in log if one["type"] == "classroom_end"]
    assert ended == like(ended, golden("read_log.response.json"))
    for one in log:
        assert await program.get(f"logs/{one['uuid']}") == one
    assert len({one["uuid"] for one in log}) == len(log)
    assert (await program.call("GET", f"logs/{NOBODY}")).json() == {"detail": "Not found."}

    async def count(path: str, **filters: Any) -> int:
        return int((await program.get(path, **filters))["count"])

    table: list[tuple[str, dict[str, Any], int]] = [
        ("logs/", {}, 11),
        ("logs/", {"type": "room_init"}, 2),
        ("logs/", {"type": "room_created"}, 1),
        ("logs/", {"type": "participant_added"}, 2),
        ("logs/", {"type": "participant_entered"}, 2),
        ("logs/", {"type": "participant_left"}, 2),
        ("logs/", {"type": "room_endpoint"}, 1),
        ("logs/", {"type": "classroom_start"}, 0),
        ("logs/", {"status": "ok"}, 11),
        ("logs/", {"status": "error"}, 0),
        ("logs/", {"userid": "111"}, 4),
        ("logs/", {"room_token": "ABC123"}, 10),
        ("logs/", {"room_token": "abc123"}, 0),
        ("logs/", {"log_date_after": "2026-03-02T08:00:01Z"}, 3),
        ("logs/", {"log_date_before": "2026-03-02T08:00:00"}, 8),
        ("logs/", {"log_date_before": "2026-03-02"}, 11),
        ("logs/", {"log_date_after": "2026-03-03"}, 0),
        ("classrooms/", {"room_token": "nobody"}, 0),
        ("classrooms/", {"teacher_id": "222"}, 1),
        ("classrooms/", {"teacher_id": "111"}, 0),
        ("classrooms/", {"teacher_attended": "true"}, 1),
        ("classrooms/", {"teacher_attended": "False"}, 0),
        ("classrooms/", {"start_before": "2030-01-01"}, 0),
        ("classrooms/", {"start_after": ""}, 1),
        ("participants/", {"userid": "111"}, 1),
        ("participants/", {"room_token": "ABC123"}, 2),
        ("participants/", {"user_role": "teacher"}, 1),
        ("participants/", {"user_role": "student"}, 1),
        ("participants/", {"teacher": "true", "user_role": "student"}, 0),
        ("participants/", {"teacher": "1"}, 1),
        ("participants/", {"attended_time_after": "2026-03-02T08:00:00Z"}, 2),
        ("participants/", {"attended_time_before": "2026-03-02T07:59:59Z"}, 0),
        ("participants/", {"ended_time_before": "2026-03-02T08:10:00 00:00"}, 2),
        ("participants/", {"ended_time_after": "2026-03-02T08:10:01Z"}, 0),
        ("participants/", {"class_rating_gte": "1"}, 0),
    ]
    found = [(path, filters, await count(path, **filters)) for path, filters, _ in table]
    assert found == table
    for path, name, value in (
        ("logs/", "type", "nothing"),
        ("logs/", "status", "fine"),
        ("logs/", "log_date_before", "soon"),
        ("classrooms/", "start_after", "2026-13-01"),
        ("classrooms/", "teacher_attended", "perhaps"),
        ("participants/", "class_rating_lte", "many"),
        ("participants/", "user_role", "king"),
    ):
        answer = await program.call("GET", path, params={name: value})
        assert (answer.status_code, list(answer.json())) == (400, [name])
        assert isinstance(answer.json()[name], list)


async def test_lists_have_a_hundred_rows_a_page(program: Program, works: Works, tenant: Any) -> None:
    async with works.begin() as work:
        for number in range(250):
            await joint.called(work, tenant.tenant_id, f"room-{number}", "callback")
    seen: list[str] = []
    url: str | None = f"http://homeroom.test{BASE}/classrooms/?teacher_attended=false"
    sizes = []
    while url:
        answer = await program.client.get(url, headers={"authorization": program.basic})
        page = answer.json()
        assert (answer.status_code, page["count"]) == (200, 250)
        assert list(page) == list(golden("list_participants.response.json"))
        seen += [one["uuid"] for one in page["results"]]
        sizes.append(len(page["results"]))
        before, url = page["previous"], page["next"]
    assert (sizes, len(set(seen))) == ([100, 100, 50], 250)
    assert before == f"http://homeroom.test{BASE}/classrooms/?teacher_attended=false&page=2"
    assert (await program.get("logs/", page=3))["next"] is None
    for wrong in ("4", "0", "-1", "x", "1.5", "9" * 30):
        answer = await program.call("GET", "classrooms/", params={"page": wrong})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


async def test_nothing_of_another_tenant_is_read_or_changed(
    program: Program, other_program: Program, lesson: Lesson, subscribed: None
) -> None:
    await lesson.held()
    before = [await program.get(path) for path in ("classrooms/", "participants/", "logs/")]
    for path in ("classrooms/", "participants/", "logs/"):
        assert (await other_program.get(path))["results"] == []
        for one in (await program.get(path))["results"]:
            for method in ("GET", "PUT", "DELETE"):
                answer = await other_program.call(
                    method, f"{path}{one['uuid']}/", json={"room_token": "mine"}
                )
                assert answer.status_code in (404, 405)
    mine = await other_program.make(TOKEN)
    assert mine["teacher_attended"] is False
    assert [await program.get(path) for path in ("classrooms/", "participants/", "logs/")] == before


async def test_a_classroom_lets_people_in_at_its_times_and_as_many_as_it_takes(
    program: Program, lesson: Lesson, clock: ManualClock, subscribed: None
) -> None:
    made = await program.make(
        TOKEN, start="2026-03-02T09:00:00", end="2026-03-02T10:00:00", max_participants=2
    )
    clock.advance(49 * MINUTE)
    with pytest.raises(NotItsTime):
        await lesson.come("222", "Ms Teach", SeatRole.HOST)
    clock.advance(MINUTE)
    await lesson.come("222", "Ms Teach", SeatRole.HOST)
    await lesson.come("111", "John", SeatRole.PARTICIPANT)
    with pytest.raises(RoomFull):
        await lesson.come("112", "Jane", SeatRole.PARTICIPANT)
    await lesson.come("111", "John", SeatRole.PARTICIPANT)
    async with lesson.works.begin() as work:
        await presence.close_all(
            work,
            lesson.tenant_id,
            lesson.room.classroom_id,
            reason=LeaveReason.ENDED,
            at=work.now,
        )
    await lesson.come("112", "Jane", SeatRole.PARTICIPANT)
    clock.advance(70 * MINUTE)
    with pytest.raises(RoomClosed):
        await lesson.come("111", "John", SeatRole.PARTICIPANT)
    later = {"end": "2026-03-02T23:00:00Z"}
    assert (await program.call("PUT", f"classrooms/{made['uuid']}/", json=later)).status_code == 200
    await lesson.come("111", "John", SeatRole.PARTICIPANT)
    cancelled = {"cancelled": True}
    assert (await program.call("PUT", f"classrooms/{made['uuid']}/", json=cancelled)).status_code == 200
    with pytest.raises(RoomClosed):
        await lesson.come("222", "Ms Teach", SeatRole.HOST)


async def test_a_recorded_class_has_the_address_of_its_player(
    program: Program, client: httpx.AsyncClient, lesson: Lesson, works: Works
) -> None:
    recorded = {"room_token": TOKEN, "record_class": True}
    made = (await program.call("POST", "classrooms/", json=recorded)).json()
    assert made["recorded_class_url"] is None
    await lesson.held()
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass
    shown = await program.get(f"classrooms/{made['uuid']}")
    assert shown["recorded_class_url"] == shown["room_review_url"]
    assert (await client.get(shown["recorded_class_url"])).status_code == 200
