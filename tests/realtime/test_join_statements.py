"""How often the database is asked until somebody who comes into a class is welcomed."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx
import pytest
from asgi_tab import AsgiTab, tab
from fastapi import FastAPI
from lessons import Held, held
from statements import overheard

from app.domain import tenants
from app.domain.events import queries as ledger
from app.domain.participants import queries as seats
from app.domain.participants.queries import common_links
from app.domain.tenants import queries as accounts
from app.kit.work import Works
from app.rules.seats import SeatRole

MANY = 30


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


class Class(NamedTuple):
    """A live class of a tenant that has no test clock, with the links of its students and the common one."""

    app: FastAPI
    said: list[str]
    live: Held
    client_id: str
    links: list[str]
    common: str

    def asked(self) -> list[str]:
        """What was asked for those who come; the room's reader asks for those who are there."""
        passed_over = ("BEGIN", "COMMIT", ledger.NEWS.sql)
        return [one for one in self.said if not one.startswith(passed_over)]

    async def welcomed(self, stack: AsyncExitStack, link: str, called: str, **more: str) -> AsgiTab:
        one = await stack.enter_async_context(tab(self.app, self.live.tenant_id, link, called, **more))
        await one.heard("welcome")
        return one


@pytest.fixture
async def school(said: list[str], asgi: FastAPI) -> Class:
    works: Works = asgi.state.works
    async with works.begin() as work:
        tenant = await tenants.create(work, "School", test=False, allow_private=False)
    live = await held(works, tenant, students=MANY)
    async with works.begin() as work:
        credential = await accounts.credential(work, tenant.tenant_id, "merithub")
        by_id = await seats.by_ids(work, tenant.tenant_id, [who[2] for who in live.students])
        common = await common_links(work, tenant.tenant_id, live.classroom_id)
    links = [by_id[who[2]].link for who in live.students]
    return Class(asgi, said, live, credential.public_id, links, common[SeatRole.PARTICIPANT])


async def test_a_page_asks_twice(school: Class, client: httpx.AsyncClient) -> None:
    for link in (*school.links[:2], school.common):
        school.said.clear()
        answer = await client.get(f"/info/room/{school.client_id}/{link}")
        assert answer.status_code == 200
        if link != school.links[0]:
            # Whose the host is and where the link leads; and no transaction.
            assert len(school.said) == 2, school.said


async def test_a_known_person_is_welcomed_after_nine_statements(school: Class) -> None:
    first, second, third, *_ = school.links
    async with AsyncExitStack() as stack:
        await school.welcomed(stack, first, "first")
        school.said.clear()
        await school.welcomed(stack, second, "one")
        # Where the link leads; the seat, who is there, the visit, what happened; how the room stands, who is
        # in it, what was said; the alarm.
        assert len(school.asked()) == 9, school.asked()
        school.said.clear()
        await school.welcomed(stack, second, "other")
        # Nothing happens for the others when somebody is there already.
        assert len(school.asked()) == 8, school.asked()
        await school.welcomed(stack, third, "third")


async def test_the_first_in_a_room_opens_its_ledger(school: Class) -> None:
    async with AsyncExitStack() as stack:
        await school.welcomed(stack, school.links[0], "first")
    school.said.clear()
    async with AsyncExitStack() as stack:
        await school.welcomed(stack, school.links[0], "first")
        assert len(school.asked()) <= 12, school.asked()


async def test_many_who_come_at_once_share_their_statements(school: Class) -> None:
    async with AsyncExitStack() as stack:
        await school.welcomed(stack, school.links[0], "first")
        school.said.clear()
        await asyncio.gather(
            *(school.welcomed(stack, school.common, f"tab {n}", name=f"Guest {n}") for n in range(MANY))
        )
        asked = school.asked()
        # What one alone sets off, for the first, for those who came meanwhile, and for who was late.
        assert len(asked) < 3 * 14, Counter(asked)
        seats = [one for one in asked if "INSERT INTO participants" in one]
        assert 1 <= len(seats) <= 3
