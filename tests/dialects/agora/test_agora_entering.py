"""How often the page of a room asks the database when somebody enters who is known there."""

from collections.abc import Iterator

import pytest
from agora_program import Program
from statements import overheard

from app.dialects.agora import building
from app.dialects.agora.building import Seal


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


async def test_who_is_known_in_a_room_enters_after_six_statements(said: list[str], program: Program) -> None:
    await program.room("algebra")
    seal = Seal(program.app_id, program.certificate, int(program.clock.now().timestamp()), 3600, 7)
    body = {"token": building.room_user_007(seal, "algebra", "bob", 2), "userUuid": "bob"}
    url = f"/agora/{program.app_id}/rooms/algebra/enter"
    # The first time somebody is made; and whoever asks first on a connection learns its types.
    for _ in range(3):
        said.clear()
        answer = await program.client.post(url, json=body)
        assert answer.status_code == 200, answer.text
    asked = [one for one in said if not one.startswith(("BEGIN", "COMMIT"))]
    # Whose the app is, the room, the name, the room held, its kind, the person with the seat.
    assert len(asked) == 6, asked
