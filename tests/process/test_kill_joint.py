"""A server that dies during a class that both sides started leaves the customer with times that add up."""

import signal
from collections.abc import Iterator

import pytest
from customer import STUDENT, TUTOR, Customer, open_customer
from homeroom import ADMIN, Homeroom
from person import Person
from waiting import eventually

from app.bootstrap import LEARNCUBE_PRIVATE, LEARNCUBE_PUBLIC, TENANT

pytestmark = pytest.mark.process

# People are given up 30 s after their last sign of life, which is written down every 10 s.
GIVEN_UP_WITHIN = 60.0


@pytest.fixture
def customer(homeroom: Homeroom) -> Iterator[Customer]:
    with open_customer() as customer:
        answer = homeroom.api.patch(
            f"/_/admin/v1/tenants/{TENANT}", json={"learncube": {"callback_url": customer.url}}, headers=ADMIN
        )
        assert answer.status_code == 200, answer.text
        yield customer


def come(homeroom: Homeroom, user_id: str, name: str = "ABC123") -> Person:
    answer = homeroom.api.post("/classv3/enter", json={"token": name, "user_id": user_id})
    assert answer.status_code == 200, answer.text
    link = answer.json()["socket"].split("/")[4]
    return Person(homeroom.base_url, link, f"tab-{user_id}").enter()


def log_of(homeroom: Homeroom, token: str) -> list[tuple[str, str, str]]:
    """What the class log says of a token: of each entry its type, its request and whether it went well."""
    answer = homeroom.api.get(
        "/api/virtual-classroom/logs/",
        params={"room_token": token},
        auth=(LEARNCUBE_PUBLIC, LEARNCUBE_PRIVATE),
    )
    assert answer.status_code == 200, answer.text
    rows = answer.json()["results"]
    return sorted((row["type"], row["info"]["request"] or "", row["status"]) for row in rows)


def started(homeroom: Homeroom, name: str = "ABC123") -> tuple[Person, Person]:
    tutor, student = come(homeroom, TUTOR, name), come(homeroom, STUDENT, name)
    tutor.send("start")
    student.send("start")
    tutor.heard("started")
    return tutor, student


def killed(homeroom: Homeroom, *people: Person) -> None:
    homeroom.end(signal.SIGKILL)
    for person in people:
        person.gone()
    homeroom.start()


def test_a_kill_during_a_class_is_a_crash(homeroom: Homeroom, customer: Customer) -> None:
    killed(homeroom, *started(homeroom))
    eventually(lambda: customer.heard("crash_lesson"), "the crash is told", GIVEN_UP_WITHIN)
    [(_, seconds)] = customer.heard("crash_lesson")
    # Hardly any time went by before the kill, and what did may be lost up to the last sign of life.
    assert int(seconds or -1) in range(15)
    assert customer.heard("end_lesson") == []
    for person in started(homeroom, "CRASHED"):
        person.gone()
    eventually(lambda: len(customer.heard("crash_lesson")) == 2, "the other crash is told", GIVEN_UP_WITHIN)
    eventually(
        lambda: log_of(homeroom, "ABC123") == log_of(homeroom, "CRASHED"), "both logs say the same", 60
    )
    assert ("classroom_end", "crash_lesson", "ok") in log_of(homeroom, "ABC123")


def test_a_kill_within_the_minute_keeps_the_minute(homeroom: Homeroom, customer: Customer) -> None:
    tutor, student = started(homeroom)
    student.gone()
    tutor.heard("interrupted")
    killed(homeroom, tutor)
    tutor, student = tutor.enter(), student.enter()
    assert tutor.welcome["room"]["state"] == "live"
    tutor.heard("resumed")
    student.send("end")
    student.heard("ended")
    eventually(lambda: customer.heard("end_lesson"), "the end is told", GIVEN_UP_WITHIN)
    # At least once: what was under way at the kill comes again.
    told = dict.fromkeys(customer.heard("crash_lesson", "end_lesson", "start_lesson"))
    assert [request for request, _ in told] == ["start_lesson", "crash_lesson", "end_lesson"]
