"""How often the hot routes ask the database: each way there and back costs more than what is done there."""

from collections.abc import Iterator

import pytest
from agora_program import Program
from statements import overheard

from app.domain import outbox
from app.domain.tenants.tables import Tenant
from app.kit.work import Works

# The beginning and the end of a transaction; and what wakes others, after it and for many at once.
BESIDE = ("BEGIN", "COMMIT", "ROLLBACK", "SELECT pg_notify", "SELECT 1", "LISTEN")


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


@pytest.fixture
async def asked(said: list[str], program: Program) -> "Asked":
    return Asked(said, program)


class Asked:
    """Calls that succeed, with the statements that each took."""

    def __init__(self, said: list[str], program: Program) -> None:
        self.said, self.program = said, program

    async def by(self, method: str, path: str, *, polling: bool = False) -> list[str]:
        self.said.clear()
        await self.program.done(method, path, polling=polling)
        return [" ".join(one.split()) for one in self.said if not one.startswith(BESIDE)]


async def test_a_read_takes_two_statements(asked: Asked) -> None:
    await asked.program.room("algebra")
    await asked.program.done("PUT", "v3/rooms/algebra/users/ada", {"userName": "Ada"})
    await asked.program.done("PUT", "v2/rooms/algebra/states/1")
    # All who ask first of a connection learn its types.
    for _ in range(2):
        user = await asked.by("GET", "v2/rooms/algebra/users/ada", polling=True)
        page = await asked.by("GET", "v2/rooms/algebra/sequences?nextId=1")
        some = await asked.by("GET", "v2/rooms/algebra/sequences?cmd=1")
    assert [len(user), len(page), len(some)] == [2, 2, 2], (user, page, some)


async def test_what_only_reads_begins_no_transaction(asked: Asked) -> None:
    await asked.program.room("algebra")
    # The driver tells of the first call's end a moment after it.
    for _ in range(2):
        await asked.by("GET", "v2/rooms/algebra/sequences")
    assert not [one for one in asked.said if one.startswith(("BEGIN", "COMMIT"))]


async def test_a_poll_that_finds_nothing_takes_two_statements(asked: Asked) -> None:
    for _ in range(2):
        found = await asked.by("GET", "v2/rooms/sequences", polling=True)
    assert len(found) == 2, found


async def test_a_change_of_state_takes_at_most_eight(asked: Asked) -> None:
    counts = []
    for room in ("first", "algebra"):
        await asked.program.room(room)
        counts = [await asked.by("PUT", f"v2/rooms/{room}/states/{state}") for state in (1, 2, 3)]
    assert max(len(one) for one in counts) <= 8, counts


async def test_what_two_receivers_are_owed_takes_one_statement_more(
    asked: Asked, works: Works, tenant: Tenant
) -> None:
    await asked.program.room("first")
    await asked.by("PUT", "v2/rooms/first/states/1")
    before = await asked.by("PUT", "v2/rooms/first/states/2")
    async with works.begin() as work:
        for purpose in ("status", "content"):
            await outbox.subscribe(work, tenant.tenant_id, "merithub", purpose, "http://127.0.0.1:9/")
    await asked.program.room("algebra")
    await asked.by("PUT", "v2/rooms/algebra/states/1")
    after = await asked.by("PUT", "v2/rooms/algebra/states/2")
    assert len(after) == len(before) + 1, after
