"""A tutor and a student at LearnCube's door and in the room, on a clock that is moved: the calls add up."""

from collections.abc import Iterator
from typing import Any

import pytest
from customer import STUDENT, TUTOR, Customer, open_customer
from person import Person
from waiting import eventually

from app.bootstrap import TENANT

ADMIN = f"/_/admin/v1/tenants/{TENANT}"


class Tutoring:
    """The class of one token."""

    def __init__(self, server: Any, customer: Customer) -> None:
        self.server, self.customer = server, customer
        self.admin("PATCH", "", {"learncube": {"callback_url": customer.url}})
        self.admin("POST", "/clock/freeze", {})

    def admin(self, method: str, path: str, body: Any) -> Any:
        answer = self.server.api.request(method, ADMIN + path, json=body, headers=self.server.admin)
        assert answer.is_success, answer.text
        return answer.json()

    def advance(self, by: str | int) -> None:
        self.admin("POST", "/clock/advance", {"by": by})

    def knock(self, user_id: str) -> Any:
        return self.server.api.post("/classv3/enter", json={"token": "ABC123", "user_id": user_id})

    def come(self, user_id: str) -> Person:
        answer = self.knock(user_id)
        assert answer.status_code == 200, answer.text
        _, _, _, tenant_id, link, _ = answer.json()["socket"].split("/")
        return Person(self.server.base_url, link, f"tab-{user_id}", tenant_id).enter()

    def started(self) -> tuple[Person, Person]:
        tutor, student = self.come(TUTOR), self.come(STUDENT)
        student.send("start")
        assert tutor.heard("ready")["participant_id"] == student.welcome["you"]["participant_id"]
        tutor.send("start")
        tutor.heard("started")
        student.heard("started")
        return tutor, student

    def told(self) -> list[tuple[str, str | None]]:
        """The notices that the customer got, once all that is owed has gone out."""
        self.advance(0)
        return self.customer.heard("crash_lesson", "end_lesson")


@pytest.fixture
def tutoring(server: Any) -> Iterator[Tutoring]:
    with open_customer() as customer:
        yield Tutoring(server, customer)


def test_the_class_starts_when_both_sides_pressed_and_the_customer_agrees(tutoring: Tutoring) -> None:
    tutor, student = tutoring.started()
    assert tutoring.customer.heard() == [
        ("connect_lesson", None),
        ("connect_lesson", None),
        ("start_lesson", None),
    ]
    tutoring.advance("10m11s")
    student.send("end")
    assert tutor.heard("ended")["by"] == student.welcome["you"]["participant_id"]
    assert tutoring.told() == [("end_lesson", "611")]
    tutor.gone()
    student.gone()


def test_a_no_is_read_to_both_and_nothing_starts(tutoring: Tutoring) -> None:
    tutoring.customer.answers["start_lesson"] = (200, {"status": False, "message": "Class not allowed"})
    tutor, student = tutoring.come(TUTOR), tutoring.come(STUDENT)
    for person in (student, tutor):
        person.send("start")
    for person in (student, tutor):
        assert person.heard("start_refused")["message"] == "Class not allowed"
    tutor.send("end")
    assert tutor.heard("refused")["code"] == "notStarted"
    assert tutoring.told() == []
    del tutoring.customer.answers["start_lesson"]
    for person in (tutor, student):
        person.send("start")
    student.heard("started")
    tutor.gone()
    student.gone()


@pytest.mark.parametrize("answer", [(500, "oops"), (200, "<html>"), (200, ""), (302, "")])
def test_a_server_that_cannot_answer_starts_nothing(tutoring: Tutoring, answer: tuple[int, str]) -> None:
    tutoring.customer.answers["start_lesson"] = answer
    tutor, student = tutoring.come(TUTOR), tutoring.come(STUDENT)
    for person in (student, tutor):
        person.send("start")
    assert "could not be understood" in tutor.heard("start_refused")["message"]
    tutor.gone()
    student.gone()


def test_who_is_back_within_a_minute_goes_on_and_the_times_add_up(tutoring: Tutoring) -> None:
    tutor, student = tutoring.started()
    tutoring.advance("5m")
    student.gone()
    assert tutor.heard("interrupted")["seconds"] == 300
    tutoring.advance("40s")
    student.enter()
    assert student.welcome["room"]["joint"]["seconds"] == 300
    tutor.heard("resumed")
    tutoring.advance("2m")
    tutor.send("end")
    student.heard("ended")
    assert tutoring.told() == [("crash_lesson", "300"), ("end_lesson", "120")]
    tutor.gone()
    student.gone()


def test_after_a_minute_the_lesson_has_crashed_and_the_token_can_be_used_again(tutoring: Tutoring) -> None:
    tutor, student = tutoring.started()
    tutoring.advance("5m")
    student.gone()
    tutor.heard("interrupted")
    tutoring.advance("61s")
    assert tutor.heard("ended")["by"] == "crash"
    assert tutoring.told() == [("crash_lesson", "300")]
    tutor.gone()
    tutor, student = tutoring.started()
    tutoring.advance("30s")
    tutor.send("end")
    student.heard("ended")
    assert tutoring.told() == [("crash_lesson", "300"), ("end_lesson", "30")]
    assert tutoring.customer.heard("start_lesson") == [("start_lesson", None)] * 2
    tutor.gone()
    student.gone()


def test_nobody_is_told_of_a_class_that_was_never_started(tutoring: Tutoring) -> None:
    tutor, student = tutoring.come(TUTOR), tutoring.come(STUDENT)
    student.gone()
    tutor.heard("left")
    tutoring.advance("2m")
    assert tutoring.told() == []
    tutor.gone()


def test_whom_the_customer_does_not_know_hears_its_words(tutoring: Tutoring) -> None:
    answer = tutoring.knock("999")
    assert (answer.status_code, answer.json()["message"]) == (403, "Nobody of this name takes this class")


def test_notices_wait_for_a_server_that_is_away(tutoring: Tutoring) -> None:
    tutor, student = tutoring.started()
    tutoring.customer.answers["end_lesson"] = (503, "")
    tutoring.advance("1m")
    tutor.send("end")
    student.heard("ended")
    eventually(lambda: tutoring.customer.heard("end_lesson"), "the notice is tried")
    del tutoring.customer.answers["end_lesson"]
    tutoring.advance("1m")
    assert tutoring.customer.heard("end_lesson") == [("end_lesson", "60")] * 2
    tutor.gone()
    student.gone()
