"""How often the database is asked for one call: in sets, however many people it is about."""

from collections.abc import Iterator
from typing import Any

import pytest
from merithub_program import Program
from statements import overheard

PEOPLE = 30
CLASS = {"title": "Algebra", "startTime": "2031-01-15T10:00:00Z", "duration": 60}


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


class Counting:
    """A program's calls, with the statements of each."""

    def __init__(self, said: list[str], program: Program) -> None:
        self.said = said
        self.program = program

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        self.said.clear()
        answer = await self.program.call(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def asked(self) -> list[str]:
        """What was asked, but for the ends of the transaction and what wakes others after it."""
        return [one for one in self.said if not one.startswith(("BEGIN", "COMMIT", "SELECT pg_notify"))]


@pytest.fixture
async def counting(said: list[str], program: Program) -> Counting:
    return Counting(said, program)


# Whoever asks first on a connection learns its types: such a call comes before each that is counted.


async def test_a_class_is_scheduled_with_six_statements(counting: Counting) -> None:
    teacher = await counting.program.user("Teacher", role="C")
    series = CLASS | {"type": "perma", "schedule": [1, 3], "totalClasses": 10}
    await counting.call("POST", teacher, CLASS)
    for body in (CLASS, series):
        await counting.call("POST", teacher, body)
        assert len(counting.asked()) == 6, counting.said


async def test_people_are_added_with_three_statements_however_many(counting: Counting) -> None:
    people = [await counting.program.user(f"Person {number}") for number in range(PEOPLE)]
    made = await counting.call("POST", people[0], CLASS)
    link = made["commonLinks"]["commonParticipantLink"]
    users = [{"userId": one, "userLink": link, "userType": "su"} for one in people]
    answers = [await counting.call("POST", f"{made['classId']}/users", {"users": users[:1]})]
    for _ in range(2):
        answers.append(await counting.call("POST", f"{made['classId']}/users", {"users": users}))
        assert len(counting.asked()) == 3, counting.said
    # Who has a seat keeps its link.
    assert answers[1] == answers[2]
    assert answers[1][:1] == answers[0]


async def test_a_status_is_read_with_two_statements_and_no_transaction(counting: Counting) -> None:
    teacher = await counting.program.user("Teacher", role="C")
    made = await counting.call("POST", teacher, CLASS)
    for _ in range(2):
        await counting.call("GET", f"{teacher}/status?classId={made['classId']}")
    assert len(counting.said) == 2, counting.said
