"""Pop-up quizzes and polls: the vendor's records to the key, the calls, and the pages of records."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from agora_program import Program, golden, same_shape
from hypothesis import given
from hypothesis import strategies as st

from app.dialects.agora import wire_widgets as wire
from app.dialects.agora.narrate_widgets import record
from app.dialects.agora.scene import SERVER
from app.dialects.agora.words import EPOCH, MILLISECOND
from app.domain import activities
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Tenant
from app.kit.work import Works

ROOM = "v2/rooms/algebra"
WIDGETS = f"{ROOM}/widgets"
STUDENT = {"userName": "yerongzhe2", "userUuid": "yerongzhe22", "role": "audience"}
QUIZ_ID = "ab5b183238a74d5a9c955dc87c6397e0"
POLL_ID = "e556ce3df5cd4c23941b03bf54d29ba3"
OTHER_POLL = "2f38e6de32064713adf135de41c963df"
COUNTS = [1, 3, 3, 0, 2]


def at(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND


# the vendor's example, the record as it is made of the same facts, what its table has beyond the example
EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any] | None, dict[str, Any]]] = [
    (
        "quiz_started",
        wire.quiz_started(QUIZ_ID, ["A", "C", "B"], ["A", "B", "D"], total=1, at=at(1652413962895)),
        None,
        {},
    ),
    (
        "quiz_answered",
        wire.quiz_answer(QUIZ_ID, ["A", "B", "D"], correct=True, at=at(1652413989997)),
        STUDENT,
        {},
    ),
    ("quiz_ended", wire.quiz_ended(total=1, selected=1, correct=1), None, {}),
    (
        "poll_started",
        wire.poll_started(POLL_ID, ["aaa", "bbb", "ccc", "ddd", "eee"], multiple=True),
        None,
        {},
    ),
    ("poll_answered", wire.poll_answer(POLL_ID, [1, 2, 4]), STUDENT, {}),
    ("poll_summary", wire.poll_summary(OTHER_POLL, COUNTS, 3), None, {}),
    ("poll_ended", wire.poll_ended(OTHER_POLL, COUNTS, 3), None, {"extra.pollState": 0}),
]


@pytest.mark.parametrize(("example", "changed", "student", "beyond"), EXAMPLES)
def test_a_record_is_the_vendors_to_the_key(
    example: str, changed: dict[str, Any], student: dict[str, Any] | None, beyond: dict[str, Any]
) -> None:
    expected = golden(f"get_data_for_widgets.{example}")
    made = record("widget", changed, SERVER, student).body
    assert made["changeProperties"] == expected["changeProperties"] | beyond
    assert {key: made[key] for key in expected} | {"changeProperties": {}} == expected | {
        "changeProperties": {}
    }
    same_shape(made["changeProperties"], expected["changeProperties"] | beyond)
    # What the vendor's tables have and an example leaves out.
    assert made.keys() - expected.keys() <= {"widgetUuid", "cause", "operator"}


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "0.33333334"),
        (2, 3, "0.6666667"),
        (0, 0, "0"),
        (0, 7, "0"),
        (7, 7, "1"),
        (1, 2, "0.5"),
        (1, 500, "0.002"),
        (167, 500, "0.334"),
        (1, 7, "0.14285715"),
    ],
)
def test_a_share_is_printed_in_single_precision(part: int, whole: int, shown: str) -> None:
    assert repr(wire.share(part, whole)) == shown


@given(st.integers(1, 500), st.integers(0, 500))
def test_a_share_is_near_the_truth_and_short(whole: int, part: int) -> None:
    part = min(part, whole)
    assert abs(wire.share(part, whole) - part / whole) < 1e-7
    assert len(repr(wire.share(part, whole))) <= 14


@pytest.fixture
async def room(program: Program) -> Program:
    """A live room with a teacher and two students."""
    await program.room()
    await program.done("PUT", "v3/rooms/algebra/users/ada", {"userName": "Ada", "role": 1})
    for user in ("ben", "cleo"):
        await program.done("PUT", f"v3/rooms/algebra/users/{user}", {"userName": user.title(), "role": 2})
    await program.done("PUT", f"{ROOM}/states/1")
    return program


async def records(program: Program, widget: str) -> list[dict[str, Any]]:
    page = await program.done("GET", f"{WIDGETS}/{widget}/sequences")
    assert page["total"] == page["count"] == len(page["list"])
    assert {one["cmd"] for one in page["list"]} <= {1110}
    return [one["data"] for one in page["list"]]


async def start_quiz(program: Program) -> str:
    # As in the vendor's example, where a right one is missing among the items.
    body = {"items": ["A", "C", "B"], "correctItems": ["A", "B", "D"]}
    return str((await program.done("POST", f"{WIDGETS}/popupQuizs/start", body))["popupQuizId"])


async def select(program: Program, quiz: str, user: str, *items: str) -> None:
    body = {"selectedItems": items}
    await program.done("PUT", f"{WIDGETS}/popupQuizs/{quiz}/users/{user}", body)


async def test_a_quiz_from_its_start_to_its_end(room: Program) -> None:
    quiz = await start_quiz(room)
    await select(room, quiz, "ben", "A")
    await select(room, quiz, "ben", "D", "B", "A")
    await select(room, quiz, "cleo", "C")
    await room.done("POST", f"{WIDGETS}/popupQuizs/{quiz}/stop")
    found = await records(room, "popupQuiz")
    assert found == await records(room, "popupQuizs")
    started, *answers, ended = found
    example = golden("get_data_for_widgets.quiz_started")["changeProperties"]
    same_shape(started["changeProperties"], example)
    for key in ("extra.correctItems", "extra.items"):
        assert started["changeProperties"][key] == example[key]
    assert started["changeProperties"]["extra.totalCount"] == 2
    mine, summaries = answers[::2], answers[1::2]
    same_shape(mine[1]["changeProperties"], golden("get_data_for_widgets.quiz_answered")["changeProperties"])
    assert [(one["fromUser"]["userUuid"], one["changeProperties"]["isCorrect"]) for one in mine] == [
        ("ben", False),
        ("ben", True),
        ("cleo", False),
    ]
    assert mine[1]["changeProperties"]["selectedItems"] == ["A", "B", "D"]
    assert mine[0]["fromUser"] == {"userUuid": "ben", "userName": "Ben", "role": "audience"}
    keys = ["extra.selectedCount", "extra.correctCount", "extra.averageAccuracy", "extra.totalCount"]
    assert [[one["changeProperties"][key] for key in keys] for one in [*summaries, ended]] == [
        [1, 0, 0, 2],
        [1, 1, 1, 2],
        [2, 1, 0.5, 2],
        [2, 1, 0.5, 2],
    ]
    assert all(one["changeProperties"].keys() == set(keys) for one in summaries)
    assert ended["changeProperties"].keys() == {*keys, "extra.answerState"}
    assert ended["changeProperties"]["extra.answerState"] == 0
    assert all(one["operator"] == SERVER for one in found)


async def test_a_poll_from_its_start_to_its_end(room: Program) -> None:
    body = {"mode": 2, "pollItems": ["aaa", "bbb", "ccc", "ddd", "eee"]}
    poll = (await room.done("POST", f"{WIDGETS}/polls/start", body))["pollId"]
    await room.done("POST", f"{WIDGETS}/polls/{poll}/users/ben", {"selectIndex": [4, 1, 2]})
    await room.done("POST", f"{WIDGETS}/polls/{poll}/users/cleo", {"selectIndex": [1]})
    await room.done("POST", f"{WIDGETS}/polls/{poll}/stop")
    started, mine, _, _, summary, ended = await records(room, "poll")
    assert started["changeProperties"] == golden("get_data_for_widgets.poll_started")["changeProperties"] | {
        "extra.pollId": poll
    }
    same_shape(mine["changeProperties"], golden("get_data_for_widgets.poll_answered")["changeProperties"])
    assert mine["changeProperties"] == {"pollId": poll, "selectIndex": [1, 2, 4]}
    assert mine["fromUser"]["userUuid"] == "ben"
    details = {
        "0": {"num": 0, "percentage": 0},
        "1": {"num": 2, "percentage": 1},
        "2": {"num": 1, "percentage": 0.5},
        "3": {"num": 0, "percentage": 0},
        "4": {"num": 1, "percentage": 0.5},
    }
    assert summary["changeProperties"] == {"extra.pollId": poll, "extra.pollDetails": details}
    assert ended["changeProperties"] == summary["changeProperties"] | {"extra.pollState": 0}
    assert await records(room, "polls") == await records(room, "poll")


async def test_who_starts_in_the_room_is_the_operator(room: Program, works: Works, tenant: Tenant) -> None:
    async with works.begin(tenant.tenant_id) as work:
        classroom = await rooms.named(work, tenant, "algebra")
        seat = (await rooms.seated(work, classroom, "ada")).participant
        who = (tenant.tenant_id, seat.classroom_id, seat.participant_id)
        poll = await activities.start_poll(work, *who, question="", options=["a", "b"], multiple=False)
    [started] = await records(room, "poll")
    assert started["operator"] == {"userUuid": "ada", "userName": "Ada", "role": "host"}
    assert started["changeProperties"]["extra.mode"] == 1
    await room.done("POST", f"{WIDGETS}/polls/{poll.poll_id}/users/ben", {"selectIndex": 1})


async def test_all_select_at_once_and_each_number_is_right(room: Program) -> None:
    users = [f"user{number}" for number in range(40)]
    for user in users:
        await room.done("PUT", f"v3/rooms/algebra/users/{user}", {"role": 2})
    quiz = await start_quiz(room)
    queue = asyncio.Semaphore(10)

    async def one(number: int) -> None:
        async with queue:
            await select(room, quiz, users[number], *("ABD" if number % 3 == 0 else "AB"))

    await asyncio.gather(*(one(number) for number in range(40)))
    await room.done("POST", f"{WIDGETS}/popupQuizs/{quiz}/stop")
    found = await records(room, "popupQuiz")
    summaries = [one["changeProperties"] for one in found[2:-1:2]]
    assert [one["extra.selectedCount"] for one in summaries] == list(range(1, 41))
    assert found[-1]["changeProperties"] == {
        "extra.totalCount": 42,
        "extra.selectedCount": 40,
        "extra.correctCount": 14,
        "extra.averageAccuracy": 0.35,
        "extra.answerState": 0,
    }


async def test_records_come_in_pages_that_begin_where_the_caller_says(room: Program) -> None:
    quiz = await start_quiz(room)
    for number in range(60):
        await select(room, quiz, "ben", "A" if number % 2 else "B")
        if number == 30:
            await room.done("PUT", f"{ROOM}/properties", {"properties": {"a": 1}})

    async def page(query: str) -> tuple[int, int, int | None, int | None, str | None]:
        data = await room.done("GET", f"{WIDGETS}/popupQuiz/sequences?{query}")
        numbers = [one["sequence"] for one in data["list"]]
        ends = (numbers[0], numbers[-1]) if numbers else (None, None)
        return data["total"], data["count"], *ends, data["nextId"]

    # The class's start is 1; the change of properties stands between the records of the quiz.
    assert await page("") == (121, 100, 2, 102, "103")
    assert (
        await page("null") == await page("nextId=null") == await page("nextId=&count=1000") == await page("")
    )
    assert await page("nextId=103") == (121, 21, 103, 123, None)
    assert await page("nextId=64&count=3") == (121, 3, 64, 67, "68")
    assert await page("nextId=124") == (121, 0, None, None, None)
    assert (await room.refused("GET", f"{WIDGETS}/popupQuiz/sequences?nextId=x"))[:2] == (400, 400)
    assert (await room.refused("GET", f"{WIDGETS}/popupQuiz/sequences?count=x"))[:2] == (400, 400)
    assert (await room.done("GET", f"{WIDGETS}/nothing/sequences"))["list"] == []


STARTED = {"items": ["A", "B"], "correctItems": ["A"]}

# what is asked of a room whose running quiz and poll have these ids, the status, the code, what is named
REFUSED: list[tuple[str, str, Any, int, int, str]] = [
    ("POST", "popupQuizs/start", STARTED, 409, 409, "quiz is running"),
    ("POST", "popupQuizs/start", {"items": ["A"], "correctItems": ["A"]}, 400, 400, "items"),
    ("POST", "popupQuizs/start", {"items": ["A", "B"]}, 400, 400, "correctItems"),
    ("POST", "popupQuizs/start", None, 400, 400, "items"),
    ("POST", "popupQuizs/nothing/stop", None, 404, 404, "quiz"),
    ("PUT", "popupQuizs/{quiz}/users/nobody", {"selectedItems": ["A"]}, 404, 20404200, "User"),
    ("PUT", "popupQuizs/{quiz}/users/ben", {"selectedItems": ["Z"]}, 400, 400, "selectedItems"),
    ("PUT", "popupQuizs/{quiz}/users/ben", {"selectedItems": []}, 400, 400, "selectedItems"),
    ("PUT", "popupQuizs/{quiz}/users/ben", {}, 400, 400, "selectedItems"),
    ("PUT", "popupQuizs/nothing/users/ben", {"selectedItems": ["A"]}, 404, 404, "quiz"),
    ("POST", "polls/start", {"mode": 1, "pollItems": ["a", "b"]}, 409, 409, "poll is running"),
    ("POST", "polls/start", {"mode": 3, "pollItems": ["a", "b"]}, 400, 400, "mode"),
    ("POST", "polls/start", {"mode": 1, "pollItems": ["a"]}, 400, 400, "pollItems"),
    ("POST", "polls/nothing/stop", None, 404, 404, "poll"),
    ("POST", "polls/{poll}/users/ben", {"selectIndex": [2]}, 400, 400, "selectIndex"),
    ("POST", "polls/{poll}/users/ben", {"selectIndex": [0, 1]}, 400, 400, "selectIndex"),
    ("POST", "polls/{poll}/users/ben", {"selectIndex": []}, 400, 400, "selectIndex"),
    ("POST", "polls/{poll}/users/ben", {"selectIndex": ["x"]}, 400, 400, "selectIndex"),
    ("POST", "polls/{poll}/users/cleo", {"selectIndex": [0]}, 409, 409, "already"),
    ("POST", "polls/{poll}/users/nobody", {"selectIndex": [0]}, 404, 20404200, "User"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "named"), REFUSED)
async def test_what_is_refused(
    room: Program, method: str, path: str, body: Any, status: int, code: int, named: str
) -> None:
    quiz = await start_quiz(room)
    poll = (await room.done("POST", f"{WIDGETS}/polls/start", {"pollItems": ["a", "b"]}))["pollId"]
    await room.done("POST", f"{WIDGETS}/polls/{poll}/users/cleo", {"selectIndex": [1]})
    before = len(await room.events("algebra"))
    refused = await room.refused(method, f"{WIDGETS}/{path.format(quiz=quiz, poll=poll)}", body)
    assert refused[:2] == (status, code)
    assert named in refused[2]
    assert len(await room.events("algebra")) == before


async def test_a_quiz_needs_a_class_that_goes_on(program: Program) -> None:
    await program.room()
    assert (await program.refused("POST", f"{WIDGETS}/popupQuizs/start", STARTED))[:2] == (409, 409)
    for state in (1, 2):
        await program.done("PUT", f"{ROOM}/states/{state}")
    assert (await program.refused("POST", f"{WIDGETS}/popupQuizs/start", STARTED))[:2] == (410, 30410100)


async def test_the_vendors_own_right_option_may_be_no_item(room: Program) -> None:
    body = {"items": ["A", "C", "B"], "correctItems": ["A", "B", "D"]}
    quiz = (await room.done("POST", f"{WIDGETS}/popupQuizs/start", body))["popupQuizId"]
    await select(room, quiz, "ben", "A", "B", "D")
    found = await records(room, "popupQuiz")
    assert found[0]["changeProperties"]["extra.correctItems"] == ["A", "B", "D"]
    assert found[1]["changeProperties"]["isCorrect"] is True


def test_times_are_the_milliseconds_of_the_vendors_examples() -> None:
    assert at(1652413962895) == datetime(2022, 5, 13, 3, 52, 42, 895_000, tzinfo=UTC)
