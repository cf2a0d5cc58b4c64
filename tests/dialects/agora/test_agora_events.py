"""What happened: numbered without a gap, read as often as wanted, handed out once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from agora_program import Program
from fastapi import FastAPI

from app.domain import feeds
from app.domain.classrooms import queries as classrooms
from app.domain.feeds import Item
from app.domain.tenants.tables import Tenant
from app.kit.work import Works


async def start(program: Program, *names: str) -> None:
    for name in names:
        await program.room(name)
        await program.done("PUT", f"v2/rooms/{name}/states/1")


async def fill(works: Works, tenant: Tenant, name: str, items: list[Item]) -> None:
    async with works.begin(tenant.tenant_id) as work:
        classroom = await classrooms.by_reference(work, tenant.tenant_id, name, joint=False)
        assert classroom is not None
        await feeds.append(work, tenant.tenant_id, classroom.classroom_id, name, items)


async def test_a_rooms_events_are_read_as_often_as_wanted(program: Program) -> None:
    await start(program, "algebra")
    first = await program.done("GET", "v2/rooms/algebra/sequences")
    assert first == await program.done("GET", "v2/rooms/algebra/sequences?null&cmd=1")
    assert first["total"] == first["count"] == 1
    assert first["nextId"] is None
    [event] = first["list"]
    assert event["data"].keys() == {"state", "startTime"}
    assert event | {"data": {}} == {
        "roomUuid": "algebra",
        "cmd": 1,
        "sequence": 1,
        "version": 1,
        "data": {},
    }


async def test_the_feed_hands_each_event_out_once(program: Program) -> None:
    await start(program, "algebra", "botany")
    assert sorted(await program.polled()) == [("algebra", 1, 1), ("botany", 1, 1)]
    assert await program.polled() == []
    await program.done("PUT", "v2/rooms/botany/states/2")
    assert await program.polled() == [("botany", 1, 2)]
    assert len(await program.events("botany")) == 2


async def test_pages_are_of_a_hundred_and_begin_where_the_caller_says(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await start(program, "algebra")
    await fill(works, tenant, "algebra", [Item(3 + number % 2, {"n": number}) for number in range(250)])

    async def page(query: str) -> tuple[int, int, Any, Any, Any]:
        data = await program.done("GET", f"v2/rooms/algebra/sequences?{query}")
        numbers = [event["sequence"] for event in data["list"]]
        ends = (numbers[0], numbers[-1]) if numbers else (None, None)
        return data["total"], data["count"], *ends, data["nextId"]

    assert await page("") == (251, 100, 1, 100, "101")
    assert await page("nextId=101") == (251, 100, 101, 200, "201")
    assert await page("nextId=201") == (251, 51, 201, 251, None)
    assert await page("nextId=252") == (251, 0, None, None, None)
    assert await page("nextId=99999999999999999999") == (251, 0, None, None, None)
    assert await page("nextId=null&cmd=4") == (125, 100, 3, 201, "203")
    assert await page("nextId=203&cmd=4") == (125, 25, 203, 251, None)
    assert await page("cmd=20") == (0, 0, None, None, None)


async def test_a_next_id_that_is_no_number_is_refused(program: Program) -> None:
    await start(program, "algebra")
    for query in ("nextId=abc", "nextId=-1", "cmd=x", "nextId=1.5"):
        status, code, msg = await program.refused("GET", f"v2/rooms/algebra/sequences?{query}")
        assert (status, code) == (400, 400)
        assert query.split("=")[0] in msg


async def test_the_feed_reaches_back_one_hour(
    program: Program, works: Works, tenant: Tenant, clock: Any
) -> None:
    await start(program, "algebra")
    clock.advance(timedelta(minutes=60))
    await fill(works, tenant, "algebra", [Item(3, {})])
    assert await program.polled() == [("algebra", 3, 2)]


async def test_many_writers_and_pollers_at_once(program: Program, works: Works, tenant: Tenant) -> None:
    names = [f"room{number}" for number in range(20)]
    for name in names:
        await program.room(name)
    taken: list[tuple[str, int]] = []
    writing = True

    async def write(writer: int) -> None:
        for number in range(8):
            await fill(works, tenant, names[(writer * 7 + number) % 20], [Item(3, {})])

    async def read() -> None:
        while writing:
            taken.extend((room, seq) for room, _, seq in await program.polled())

    readers = [asyncio.create_task(read()) for _ in range(4)]
    await asyncio.gather(*(write(writer) for writer in range(25)))
    writing = False
    await asyncio.gather(*readers)
    taken.extend((room, seq) for room, _, seq in await program.polled())
    assert len(taken) == len(set(taken)) == 200
    for name in names:
        mine = sorted(seq for room, seq in taken if room == name)
        assert mine == list(range(1, len(mine) + 1))


async def test_a_poll_that_dies_before_it_is_committed_takes_nothing(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await start(program, "algebra")

    async def die() -> None:
        async with works.begin(tenant.tenant_id) as work:
            assert await feeds.poll(work, tenant.tenant_id, "somebody")
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await die()
    assert await program.polled() == [("algebra", 1, 1)]


async def test_a_caller_that_hangs_up_before_the_commit_takes_nothing(
    program: Program, asgi: FastAPI
) -> None:
    await start(program, "algebra")
    shown = program.shown()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"/edu/polling/apps/{program.app_id}/v2/rooms/sequences",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in shown.items()],
        "client": ("192.0.2.1", 1),
        "server": ("homeroom.test", 80),
        "state": {},
    }

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        assert message.get("status") != 200

    await asgi(scope, receive, send)
    assert await program.polled() == [("algebra", 1, 1)]


async def test_what_a_poll_took_can_be_given_out_again(
    program: Program, works: Works, tenant: Tenant
) -> None:
    await start(program, "algebra")
    await program.polled()
    async with works.begin(tenant.tenant_id) as work:
        [poll] = await feeds.polls(work, tenant.tenant_id)
        assert (poll.taken, await feeds.rewind(work, tenant.tenant_id, poll.poll_id)) == (1, 1)
    assert await program.polled() == [("algebra", 1, 1)]
