"""How often the database is asked until somebody who enters a room by its page is welcomed there."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from agora_program import Program
from asgi_tab import tab
from fastapi import FastAPI
from statements import overheard

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.domain import tenants
from app.domain.events import queries as ledger
from app.domain.tenants import queries as accounts
from app.kit.work import Works


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


@dataclass
class Room:
    """A room of a tenant that has no test clock."""

    app: FastAPI
    said: list[str]
    tenant_id: str
    program: Program

    def asked(self) -> list[str]:
        """What was asked since the last look for those who come; the room's reader asks for who is there."""
        asked = [one for one in self.said if not one.startswith(("BEGIN", "COMMIT", ledger.NEWS.sql))]
        self.said.clear()
        return asked

    async def let_in(self, name: str) -> str:
        """The link by which somebody opens the socket."""
        seal = Seal(
            self.program.app_id, self.program.certificate, int(self.program.clock.now().timestamp()), 3600, 7
        )
        body = {"token": building.room_user_007(seal, "algebra", name, 2), "userUuid": name}
        url = f"/agora/{self.program.app_id}/rooms/algebra/enter"
        answer = await self.program.client.post(url, json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["socket"].split("/")[-2])

    async def welcomed(self, stack: AsyncExitStack, link: str) -> None:
        one = await stack.enter_async_context(tab(self.app, self.tenant_id, link, link))
        await one.heard("welcome")


@pytest.fixture
async def room(said: list[str], asgi: FastAPI, program: Program) -> Room:
    works: Works = asgi.state.works
    async with works.begin() as work:
        school = await tenants.create(work, "School", test=False, allow_private=False)
        held = await accounts.credential(work, school.tenant_id, "agora")
    own = Program(program.client, program.clock, held.public_id, held.secret)
    await own.room("algebra")
    return Room(asgi, said, school.tenant_id, own)


async def test_who_is_known_in_a_room_is_let_in_after_three_statements(room: Room) -> None:
    # The first time somebody is made; and whoever asks first on a connection learns its types.
    for _ in range(3):
        room.asked()
        await room.let_in("bob")
    # Whose the app is, the room with its kind, the person with the seat.
    assert len(asked := room.asked()) == 3, asked


async def test_who_is_let_in_is_welcomed_after_eleven_statements(room: Room) -> None:
    async with AsyncExitStack() as stack:
        await room.welcomed(stack, await room.let_in("ann"))
        link = await room.let_in("bob")
        room.asked()
        await room.welcomed(stack, link)
        # Where the link leads; the seat, who is there, the visit, what happened; how the room stands, who is
        # in it, what was said; who came, what pollers read of it; the alarm.
        assert len(asked := room.asked()) == 11, asked


async def test_a_name_that_is_not_told_again_stays(room: Room) -> None:
    path = "v2/rooms/algebra/users/bob"
    await room.program.done("PUT", path, {"userName": "Bob", "role": 2})
    for said, name in (({"role": 2}, "Bob"), ({"userName": "Robert", "role": 2}, "Robert")):
        await room.program.done("PUT", path, said)
        assert (await room.program.done("GET", path))["userName"] == name
