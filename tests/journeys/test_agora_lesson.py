"""A teacher and thirty students in one Agora room do everything; each of it is told, in order."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from person import Person

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.dialects.agora import building
from app.dialects.agora.building import Seal

STUDENTS = [f"s{number:02}" for number in range(30)]
ROOMS = f"/edu/apps/{AGORA_ID}/v2/rooms"
ROOM = f"{ROOMS}/algebra"


class Lesson:
    """The room, its people at their tabs, and the customer's program."""

    def __init__(self, server: Any, stack: ExitStack) -> None:
        self.server = server
        self.seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(time.time()), 3600, 7)
        self.headers = {"x-agora-token": building.rtm_007(self.seal, "server"), "x-agora-uid": "server"}
        self.stack = stack
        self.ids: dict[str, str] = {}
        self.teacher: Person
        self.students: dict[str, Person] = {}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.server.api.request(method, path, json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["code"] == 0
        return answer.json().get("data")

    def enter(self, name: str, role: int) -> Person:
        """Somebody opens the room's page with a token of their own."""
        token = building.room_user_007(self.seal, "algebra", name, role)
        said = {"token": token, "userUuid": name, "userName": name.upper()}
        answer = self.server.api.post(f"/agora/{AGORA_ID}/rooms/algebra/enter", json=said)
        assert answer.status_code == 200, answer.text
        link = answer.json()["socket"].split("/")[-2]
        person = self.stack.enter_context(Person(self.server.base_url, link, name))
        self.ids[name] = person.welcome["you"]["participant_id"]
        return person

    def beat(self) -> None:
        """Signs of life, which the page gives by itself: on a slow machine the lesson takes a while."""
        for person in (self.teacher, *self.students.values()):
            person.send("beat")

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All pages of something."""
        found: list[dict[str, Any]] = []
        following: Any = ""
        while following is not None:
            page = self.call("GET", f"{path}?nextId={following}")
            found += page["list"]
            following = page["nextId"]
        assert page["total"] == len(found)
        return found


@pytest.fixture
def lesson(server: Any) -> Iterator[Lesson]:
    with ExitStack() as stack:
        yield Lesson(server, stack)


def test_everything_that_is_done_is_told_in_order(lesson: Lesson) -> None:
    expected = [20, 1] + [20] * 30
    come(lesson)
    expected += talk(lesson) + go_on_stage(lesson) + give_rewards(lesson)
    quiz_id = hold_quiz(lesson)
    poll_id = hold_poll(lesson)
    expected += [1110] * (62 + 62)
    expected += put_things_before_the_class(lesson)
    split(lesson)
    expected += leave(lesson)
    told = lesson.listed(f"{ROOM}/sequences")
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
    assert [event["cmd"] for event in told[: len(expected)]] == expected
    # Thirty are put out at the end, one of them from the stage.
    assert sorted(event["cmd"] for event in told[len(expected) :]) == [20] * 30 + [1501]
    assert {(event["roomUuid"], event["version"]) for event in told} == {("algebra", 1)}
    check_fields(told)
    check_widgets(lesson, quiz_id, poll_id)


def come(lesson: Lesson) -> None:
    hands_up = {"processes": {"handsUp": {"maxAccept": 2}}}
    lesson.call("POST", ROOM, {"roomName": "Algebra", "roomType": 4, "roomProperties": hands_up})
    lesson.teacher = lesson.enter("teacher", 1)
    lesson.teacher.send("start")
    lesson.teacher.heard("started")
    lesson.students = {name: lesson.enter(name, 2) for name in STUDENTS}
    for _ in STUDENTS:
        lesson.teacher.heard("joined")


def talk(lesson: Lesson) -> list[int]:
    lesson.students["s00"].send("say", text="Good morning")
    lesson.teacher.heard("said")
    lesson.call("POST", f"{ROOM}/from/teacher/chat", {"message": "Good morning", "type": 1})
    return [3, 3]


def go_on_stage(lesson: Lesson) -> list[int]:
    lesson.students["s01"].send("hand", up=True, payload={"why": "stuck"})
    lesson.teacher.heard("hand")
    lesson.teacher.send("call_up", participant_id=lesson.ids["s01"])
    lesson.teacher.heard("stage")
    acceptance = f"{ROOM}/processes/handsUp/acceptance"
    lesson.call("POST", acceptance, {"toUserUuid": "s02"})
    full = lesson.server.api.post(acceptance, json={"toUserUuid": "s03"}, headers=lesson.headers)
    assert (full.status_code, full.json()["code"]) == (429, 30429461)
    lesson.students["s01"].send("stage", up=False)
    lesson.teacher.heard("stage")
    lesson.teacher.heard("stage")
    return [1502, 1502, 1501, 1501, 1501]


def give_rewards(lesson: Lesson) -> list[int]:
    lesson.teacher.send("reward", participant_id=lesson.ids["s04"], change=2)
    lesson.teacher.heard("rewarded")
    details = [{"userUuid": "s04", "changeReward": 1}, {"userUuid": "s05", "changeReward": 5}]
    lesson.call("POST", f"{ROOM}/rewards", {"rewardDetails": details})
    return [1101, 1101]


def hold_quiz(lesson: Lesson) -> str:
    """Two thirds are right; the quiz's id."""
    lesson.beat()
    lesson.teacher.send("start_quiz", question="Primes?", options=["A", "B", "C"], correct=[0, 1])
    quiz_id: str = lesson.teacher.heard("quiz")["quiz"]["quiz_id"]
    for number, student in enumerate(lesson.students.values()):
        student.send("answer", quiz_id=quiz_id, choices=[0, 1] if number < 20 else [2])
    while lesson.teacher.heard("quiz_answered")["answered"] < 30:
        pass
    lesson.teacher.send("end_quiz", quiz_id=quiz_id)
    lesson.teacher.heard("quiz_ended")
    return quiz_id


def hold_poll(lesson: Lesson) -> str:
    """Half by their browsers, half by the customer's program; the poll's id."""
    lesson.beat()
    body = {"pollItems": ["yes", "no"], "mode": 1, "pollTitle": "More?"}
    poll_id: str = lesson.call("POST", f"{ROOM}/widgets/polls/start", body)["pollId"]
    for number, name in enumerate(STUDENTS):
        if number % 2:
            lesson.students[name].send("answer_poll", poll_id=poll_id, choices=[0])
        else:
            lesson.call("POST", f"{ROOM}/widgets/polls/{poll_id}/users/{name}", {"selectIndex": [1]})
    while lesson.teacher.heard("poll_answered")["answered"] < 30:
        pass
    lesson.call("POST", f"{ROOM}/widgets/polls/{poll_id}/stop")
    return poll_id


def put_things_before_the_class(lesson: Lesson) -> list[int]:
    lesson.beat()
    resources = f"/edu/apps/{AGORA_ID}/v1/rooms/algebra/resources"
    sheet = {"resourceName": "Sheet", "size": 1024, "url": "https://files.test/sheet.pdf"}
    lesson.call("PUT", f"{resources}/sheet", sheet)
    lesson.call("PUT", f"{ROOM}/records/states/1", {})
    lesson.call("PUT", f"{ROOM}/records/states/0")
    lesson.call("DELETE", resources, {"resourceUuids": ["sheet"]})
    return [1003, 1001, 1001, 1003]


def split(lesson: Lesson) -> None:
    """What a group says stays in it."""
    groups = {"groups": [{"groupUuid": "g1", "users": [{"userUuid": name} for name in STUDENTS[:15]]}]}
    lesson.call("PUT", f"{ROOM}/groups/states/1", groups)
    [group] = lesson.students["s01"].heard("groups")["groups"]
    lesson.students["s00"].send("say", text="only us", group=group["group_id"])
    while lesson.students["s01"].heard("said")["message"]["text"] != "only us":
        pass
    lesson.call("PUT", f"{ROOM}/groups/states/0")


def leave(lesson: Lesson) -> list[int]:
    """One is put out, the class ends, the room is closed."""
    lesson.call("POST", f"{ROOM}/users/s29/exit", {"dirty": {"state": 1, "duration": 600}})
    lesson.teacher.heard("left")
    lesson.teacher.send("end")
    lesson.teacher.heard("ended")
    lesson.call("PUT", f"{ROOM}/states/3")
    assert lesson.teacher.closed() == 4000
    return [20, 1, 1]


def of(told: list[dict[str, Any]], cmd: int) -> list[dict[str, Any]]:
    return [event["data"] for event in told if event["cmd"] == cmd]


def check_fields(told: list[dict[str, Any]]) -> None:
    """What stands in each kind of event."""
    assert [data["state"] for data in of(told, 1)] == [1, 2, 3]
    presence = of(told, 20)
    assert [data["total"] for data in presence[:31]] == list(range(1, 32))
    [put_out] = presence[31]["offlineUsers"]
    assert (put_out["userUuid"], put_out["type"], presence[31]["total"]) == ("s29", 2, 30)
    assert [data["message"] for data in of(told, 3)] == ["Good morning", "Good morning"]
    assert [data["fromUser"]["userUuid"] for data in of(told, 3)] == ["s00", "teacher"]
    up, down = of(told, 1502)
    assert up["addProgressUsers"] == [{"userUuid": "s01", "payload": {"why": "stuck"}}]
    assert [user["userUuid"] for user in down["removeProgressUsers"]] == ["s01"]
    stage = [[user["userUuid"] for user in data["acceptedUsers"]] for data in of(told, 1501)]
    assert stage == [["s01"], ["s01", "s02"], ["s02"], []]
    first, second = of(told, 1101)
    assert first["rewardDetails"][0]["totalReward"] == 2
    assert [one["totalReward"] for one in second["rewardDetails"]] == [3, 5]
    assert [data["state"] for data in of(told, 1001)] == [1, 2]
    assert [data["action"] for data in of(told, 1003)] == [1, 2]


def check_widgets(lesson: Lesson, quiz_id: str, poll_id: str) -> None:
    """The records of the quiz and of the poll, by themselves."""
    quiz = [
        event["data"]["changeProperties"] for event in lesson.listed(f"{ROOM}/widgets/popupQuiz/sequences")
    ]
    assert len(quiz) == 62
    assert quiz[0]["extra.popupQuizId"] == quiz_id
    assert quiz[0]["extra.correctItems"] == ["A", "B"]
    mine = [record for record in quiz if "isCorrect" in record]
    assert (len(mine), sum(record["isCorrect"] for record in mine)) == (30, 20)
    assert (quiz[-1]["extra.selectedCount"], quiz[-1]["extra.correctCount"]) == (30, 20)
    assert quiz[-1]["extra.answerState"] == 0
    assert quiz[-1]["extra.averageAccuracy"] == pytest.approx(2 / 3, abs=1e-6)
    poll = [event["data"]["changeProperties"] for event in lesson.listed(f"{ROOM}/widgets/poll/sequences")]
    assert len(poll) == 62
    assert poll[0]["extra.pollId"] == poll_id
    assert poll[-1]["extra.pollState"] == 0
    assert poll[-1]["extra.pollDetails"] == {
        "0": {"num": 15, "percentage": 0.5},
        "1": {"num": 15, "percentage": 0.5},
    }
