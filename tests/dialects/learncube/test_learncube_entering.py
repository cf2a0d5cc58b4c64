"""How often the database is asked until somebody who stands at the class page's door is welcomed."""

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from aiohttp import web
from asgi_tab import tab
from fastapi import FastAPI
from receiving import Receiver
from statements import overheard

from app.domain import outbox, tenants
from app.domain.events import queries as ledger
from app.kit.work import Works


@pytest.fixture
def said() -> Iterator[list[str]]:
    with overheard() as said:
        yield said


def asked(said: list[str]) -> list[str]:
    """What was asked for those who come; the room's reader asks for who is there."""
    return [one for one in said if not one.startswith(("BEGIN", "COMMIT", ledger.NEWS.sql))]


async def test_who_is_known_is_let_in_after_nine_statements_and_welcomed_after_eleven(
    said: list[str], client: httpx.AsyncClient, asgi: FastAPI, receiver: Receiver
) -> None:
    works: Works = asgi.state.works
    async with works.begin() as work:
        school = await tenants.create(work, "School", test=False, allow_private=True)
        await outbox.subscribe(work, school.tenant_id, "learncube", "callback", receiver.url)

    async def granted(request: web.Request) -> web.Response:
        answer: dict[str, Any] = {"status": True, "is_tutor": False, "id": request.query["user_id"]}
        return web.Response(
            text=json.dumps(answer | {"full_name": "John Smith", "avatar": "", "record": False})
        )

    async def let_in(person: str) -> str:
        receiver.answers.append(granted)
        answer = await client.post("/classv3/enter", json={"token": "ABC123", "user_id": person})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["socket"].split("/")[-2])

    async with AsyncExitStack() as stack:
        # The first ones are made, and make the room and its ledger; whoever asks first learns types.
        for person in ("111", "112"):
            one = await stack.enter_async_context(tab(asgi, school.tenant_id, await let_in(person), person))
            await one.heard("welcome")
            await let_in("113")
        said.clear()
        link = await let_in("113")
        # Whose the door is, by name, by key, or as the only one, and where it asks; whether the room is open,
        # and how early it opens; the question; the same again, and the person with the seat.
        assert len(found := asked(said)) == 9, found
        said.clear()
        one = await stack.enter_async_context(tab(asgi, school.tenant_id, link, "113"))
        await one.heard("welcome")
        # Where the link leads; the seat, who is there, the visit, the lesson, what happened; who is ready,
        # how the room stands, who is in it, what was said; the alarm.
        assert len(found := asked(said)) == 11, found
