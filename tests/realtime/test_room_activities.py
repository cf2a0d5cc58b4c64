"""What people do in a live class, over real sockets of a running server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from make import MadeClass, merithub_class
from tabs import Client, joined

from app.kit import loops

STROKE = {"page": 1, "color": "#00ff00", "width": 3, "points": [[0, 0], [10000, 10000]]}
SUM = {"question": "2 + 2?", "options": ["3", "4"], "correct": [1]}


def me(client: Client) -> str:
    participant_id = client.welcome["you"]["participant_id"]
    assert isinstance(participant_id, str)
    return participant_id


@asynccontextmanager
async def lesson(server: Any, made: MadeClass) -> AsyncIterator[tuple[Client, Client]]:
    """A live class with its teacher and the first student."""
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await teacher.send(type="start")
        for client in (teacher, student):
            await client.heard("started")
        yield teacher, student


async def pings(server: Any, kind: str) -> list[dict[str, Any]]:
    """The pings of this kind, once there is one."""
    for _ in range(200):
        items = server.api.get("/_/inbox/merithub", headers=server.admin).json()
        bodies = [json.loads(item["body"]) for item in items]
        found = [body for body in bodies if body["requestType"] == kind]
        if found:
            return found
        await loops.pause(0.05)
    pytest.fail(f"no {kind} ping came")


async def test_everybody_sees_what_a_student_does(server: Any) -> None:
    async with lesson(server, merithub_class(server)) as (teacher, student):
        who = me(student)
        await student.send(type="hand", up=True)
        up = await teacher.heard("hand")
        assert (up["participant_id"], up["up"]) == (who, True)
        await student.send(type="react", reaction="🎉")
        reacted = await teacher.heard("reacted")
        assert (reacted["participant_id"], reacted["name"], reacted["reaction"]) == (who, "Student 1", "🎉")
        await student.send(type="ask", text=" Why? ")
        question = (await teacher.heard("asked"))["question"]
        assert (question["participant_id"], question["name"], question["text"]) == (who, "Student 1", "Why?")
        assert question["at"].endswith("Z")
        await student.send(type="hand", up=False)
        assert (await teacher.heard("hand"))["up"] is False
        await student.send(type="close_question", question_id=question["question_id"])
        assert (await teacher.heard("question_closed"))["question_id"] == question["question_id"]


async def test_everybody_sees_what_the_teacher_does(server: Any) -> None:
    async with lesson(server, merithub_class(server)) as (teacher, student):
        await student.send(type="hand", up=True)
        await teacher.heard("hand")
        await teacher.send(type="lower_hand", participant_id=me(student))
        assert (await student.heard("hand"))["up"] is True
        assert (await student.heard("hand"))["up"] is False
        await teacher.send(type="draw", **STROKE)
        stroke = (await student.heard("drawn"))["stroke"]
        assert stroke.pop("stroke_id")
        assert stroke == STROKE | {"participant_id": me(teacher)}
        await teacher.send(type="turn_page", page=2)
        assert (await student.heard("page_turned"))["page"] == 2
        await teacher.send(type="clear_board", page=1)
        assert (await student.heard("board_cleared"))["page"] == 1


async def test_a_quiz_from_its_question_to_its_result(server: Any) -> None:
    async with lesson(server, merithub_class(server)) as (teacher, student):
        await teacher.send(type="start_quiz", **SUM)
        quiz = (await student.heard("quiz"))["quiz"]
        quiz_id = quiz["quiz_id"]
        assert quiz == {
            "quiz_id": quiz_id,
            "participant_id": me(teacher),
            "question": "2 + 2?",
            "options": ["3", "4"],
            "changeable": False,
        }
        await student.send(type="answer", quiz_id=quiz_id, choices=[1])
        assert (await teacher.heard("quiz_answered"))["answered"] == 1
        await student.send(type="answer", quiz_id=quiz_id, choices=[0], ref="again")
        refused = await student.heard("refused")
        assert (refused["code"], refused["ref"]) == ("alreadyAnswered", "again")
        await teacher.send(type="end_quiz", quiz_id=quiz_id)
        ended = await student.heard("quiz_ended")
        assert (ended["correct"], ended["counts"], ended["answered"]) == ([1], [0, 1], 1)


async def test_who_comes_late_finds_the_whole_room(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with lesson(server, made) as (teacher, student):
        await student.send(type="hand", up=True)
        await student.send(type="ask", text="Why?")
        await student.send(type="ask", text="When?")
        await teacher.heard("asked")
        why = await teacher.heard("asked")
        await teacher.send(type="close_question", question_id=why["question"]["question_id"])
        for page in (1, 2):
            await teacher.send(type="draw", **STROKE | {"page": page})
        await teacher.send(type="clear_board", page=1)
        await teacher.send(type="turn_page", page=2)
        await teacher.send(type="start_quiz", **SUM)
        quiz_id = (await student.heard("quiz"))["quiz"]["quiz_id"]
        await student.send(type="answer", quiz_id=quiz_id, choices=[1])
        await student.heard("quiz_answered")
        async with (
            joined(server, made.student_links[1]) as late,
            joined(server, made.student_links[0], "second") as again,
            joined(server, made.host_link, "third") as host,
        ):
            there = late.welcome
            assert there["hands"] == [me(student)]
            assert [one["text"] for one in there["questions"]] == ["Why?"]
            assert there["board"]["page"] == 2
            assert [(one["page"], one["points"]) for one in there["board"]["strokes"]] == [
                (2, STROKE["points"])
            ]
            assert there["quiz"] == {
                "quiz_id": quiz_id,
                "participant_id": me(teacher),
                "question": "2 + 2?",
                "options": ["3", "4"],
                "changeable": False,
                "answered": 1,
            }
            assert again.welcome["quiz"]["mine"] == [1]
            assert there["may"] == {"draw": False, "moderate": False}
            assert host.welcome["may"] == {"draw": True, "moderate": True}


async def test_a_room_that_waits_for_its_class_has_nothing_in_it(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher:
        there = teacher.welcome
        assert (there["hands"], there["questions"], there["board"]) == ([], [], {"page": 1, "strokes": []})
        assert "quiz" not in there
        await teacher.send(type="hand", up=True, ref="early")
        refused = await teacher.heard("refused")
        assert (refused["code"], refused["ref"]) == ("notStarted", "early")


@pytest.mark.parametrize(
    "message",
    [
        {"type": "lower_hand", "participant_id": "somebody"},
        {"type": "draw", **STROKE},
        {"type": "clear_board", "page": 1},
        {"type": "turn_page", "page": 1},
        {"type": "start_quiz", **SUM},
        {"type": "end_quiz", "quiz_id": "quiz"},
        {"type": "start_poll", "options": ["a", "b"]},
        {"type": "end_poll", "poll_id": "poll"},
    ],
)
async def test_a_student_is_refused(server: Any, message: dict[str, Any]) -> None:
    async with lesson(server, merithub_class(server)) as (_, student):
        await student.send(**message, ref="mine")
        refused = await student.heard("refused")
        assert (refused["code"], refused["ref"]) == ("notAllowed", "mine")


async def test_a_class_may_let_its_students_draw(server: Any) -> None:
    controls = {"participantControl": {"write": True, "audio": False, "video": False}}
    async with lesson(server, merithub_class(server, **controls)) as (teacher, student):
        assert student.welcome["may"] == {"draw": True, "moderate": False}
        await student.send(type="draw", **STROKE)
        assert (await teacher.heard("drawn"))["stroke"]["participant_id"] == me(student)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "react", "reaction": "x"},
        {"type": "ask", "text": "q" * 501},
        {"type": "say", "text": " "},
        {"type": "draw", **STROKE, "width": 41},
        {"type": "start_quiz", **SUM, "correct": [2]},
        {"type": "start_quiz", **SUM, "question": " "},
        {"type": "start_poll", "options": ["a"]},
    ],
)
async def test_a_wrong_value_is_refused_and_the_socket_stays(server: Any, message: dict[str, Any]) -> None:
    async with lesson(server, merithub_class(server)) as (teacher, _):
        await teacher.send(**message, ref="wrong")
        refused = await teacher.heard("refused")
        assert (refused["code"], refused["ref"]) == ("badValue", "wrong")
        await teacher.send(type="beat")
        await teacher.heard("ack")


async def test_a_line_of_five_hundred_points_arrives(server: Any) -> None:
    points = [[10000, number] for number in range(9500, 10000)]
    async with lesson(server, merithub_class(server)) as (teacher, student):
        await teacher.send(type="draw", **STROKE | {"points": points})
        assert (await student.heard("drawn"))["stroke"]["points"] == points


async def test_who_reacts_too_fast_is_asked_to_slow_down(server: Any) -> None:
    async with lesson(server, merithub_class(server)) as (teacher, student):
        for number in range(11):
            await student.send(type="react", reaction="👍", ref=str(number))
        refused = await student.heard("refused")
        assert (refused["code"], refused["ref"]) == ("tooFast", "10")
        for _ in range(10):
            await teacher.heard("reacted")


async def test_the_hand_of_whoever_goes_falls(server: Any) -> None:
    made = merithub_class(server)
    async with lesson(server, made) as (teacher, student):
        await student.send(type="hand", up=True)
        await teacher.heard("hand")
        await student.send(type="leave")
        assert (await teacher.heard("hand"))["up"] is False
        await teacher.heard("left")


async def test_the_hand_of_whoever_is_put_out_falls(server: Any) -> None:
    made = merithub_class(server)
    async with lesson(server, made) as (teacher, student):
        await student.send(type="hand", up=True)
        await teacher.heard("hand")
        answer = server.api.post(
            f"/v1/{made.client_id}/{made.class_id}/removeuser",
            json={"users": made.student_ids[:1]},
            headers={"authorization": made.token},
        )
        assert answer.status_code == 200
        await teacher.heard("removed")
        assert (await teacher.heard("hand"))["up"] is False
        async with joined(server, made.student_links[1]) as late:
            assert late.welcome["hands"] == []


async def test_the_attendance_ping_says_exactly_what_was_done(server: Any) -> None:
    made = merithub_class(server, students=2)
    async with lesson(server, made) as (teacher, student), joined(server, made.student_links[1]) as other:
        for up in (True, False, True):
            await student.send(type="hand", up=up)
        for reaction in ("👍", "❤️"):
            await student.send(type="react", reaction=reaction)
        await student.send(type="ask", text="Why?")
        await student.send(type="say", text="Hello")
        for _ in range(3):
            await teacher.send(type="draw", **STROKE)
        for correct in ([0], [1]):
            await teacher.send(type="start_quiz", **SUM | {"correct": correct})
            quiz_id = (await student.heard("quiz"))["quiz"]["quiz_id"]
            await student.send(type="answer", quiz_id=quiz_id, choices=[1])
            await student.heard("quiz_answered")
            await teacher.send(type="end_quiz", quiz_id=quiz_id)
            await student.heard("quiz_ended")
        await teacher.send(type="end")
        for client in (teacher, student, other):
            assert await client.close_code() == 4000
    [ping] = await pings(server, "attendance")
    rows = {row["userId"]: row["analytics"] for row in ping["attendance"]}
    nothing = {
        "audio": 0,
        "chat": 0,
        "content": 0,
        "questionAsked": 0,
        "quiz": {"attempted": 0, "correct": 0, "wrong": 0},
        "raisedHand": 0,
        "reaction": 0,
        "reconnect": 0,
        "whiteboard": 0,
    }
    assert rows == {
        made.teacher_id: nothing | {"whiteboard": 3},
        made.student_ids[0]: nothing
        | {
            "chat": 1,
            "questionAsked": 1,
            "quiz": {"attempted": 2, "correct": 1, "wrong": 1},
            "raisedHand": 2,
            "reaction": 2,
        },
        made.student_ids[1]: nothing,
    }


async def test_fifty_students_answer_at_once_and_each_hears_the_exact_result(server: Any) -> None:
    made = merithub_class(server, students=50)
    async with AsyncExitStack() as room:
        teacher = await room.enter_async_context(joined(server, made.host_link))
        await teacher.send(type="start")
        await teacher.heard("started")
        students = [await room.enter_async_context(joined(server, link)) for link in made.student_links]
        await teacher.send(type="start_quiz", **SUM)
        quiz_id = (await teacher.heard("quiz"))["quiz"]["quiz_id"]
        await asyncio.gather(
            *(
                student.send(type="answer", quiz_id=quiz_id, choices=[number % 2])
                for number, student in enumerate(students)
            )
        )
        while (await teacher.heard("quiz_answered"))["answered"] < 50:
            pass
        await teacher.send(type="end_quiz", quiz_id=quiz_id)
        results = await asyncio.gather(*(student.heard("quiz_ended") for student in students))
        assert {(*one["counts"], one["answered"]) for one in results} == {(25, 25, 50)}
