"""What `homeroom work` tells of itself at a port of its own."""

import asyncio

import httpx
import pytest
from aiohttp import web
from common import free_port
from owing import enqueue
from receiving import Receiver

from app.domain import outbox
from app.domain.outbox import Notice
from app.domain.tenants.tables import Tenant
from app.kit.outbound import Sender
from app.kit.work import Works
from app.workers.dispatcher import Dispatcher
from app.workers.health import LONGEST, Pulse, telling

TOKEN = "a-token-of-more-than-24-characters"


class Timer:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def pulse(timer: Timer) -> Pulse:
    pulse = Pulse(timer, bounded=frozenset({"jobs"}))
    for loop in ("jobs", "films"):
        pulse.turning(loop)
    return pulse


async def ask(pulse: Pulse, path: str, token: str | None = None, **headers: str) -> httpx.Response:
    port = free_port()
    async with telling(pulse, "127.0.0.1", port, token), httpx.AsyncClient() as client:
        return await client.get(f"http://127.0.0.1:{port}{path}", headers=headers)


async def test_it_tells_when_each_loop_turned_last(pulse: Pulse, timer: Timer) -> None:
    timer.now += 5
    pulse.turning("jobs")()
    timer.now += 2
    answer = await ask(pulse, "/livez")
    assert (answer.status_code, answer.json()["loops"]) == (
        200,
        {"jobs": {"seconds_since_tick": 2.0}, "films": {"seconds_since_tick": 7.0}},
    )
    assert 'homeroom_loop_seconds_since_tick{loop="films"} 7.0' in (await ask(pulse, "/metrics")).text


async def test_a_loop_of_short_ticks_that_turns_no_more_is_not_live(pulse: Pulse, timer: Timer) -> None:
    timer.now += LONGEST + 1
    answer = await ask(pulse, "/livez")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The loop jobs has not turned for 601 s.")
    pulse.turning("jobs")()
    # A film may take as long as it takes.
    assert (await ask(pulse, "/livez")).status_code == 200


async def test_a_loop_with_much_to_do_turns_all_the_while(
    works: Works, tenant: Tenant, receiver: Receiver
) -> None:
    answered, turned = asyncio.Event(), asyncio.Semaphore(0)

    async def answer(_: web.Request) -> web.Response:
        await answered.wait()
        return web.Response()

    receiver.answers = [answer]
    async with works.begin() as work:
        mine = await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url)
        await enqueue(work, mine, "a", [Notice("k", b"{}")])
    async with Sender() as sender:
        dispatcher = Dispatcher(works, sender)
        dispatcher.turned = turned.release
        tick = asyncio.create_task(dispatcher.tick())
        for _ in range(3):
            await turned.acquire()
        assert not tick.done()
        answered.set()
        await tick


async def test_a_loop_that_has_ended_is_not_live(pulse: Pulse) -> None:
    async def ends() -> None:
        return

    pulse.tasks["films"] = task = asyncio.create_task(ends())
    await task
    assert (await ask(pulse, "/livez")).status_code == 503


async def test_figures_ask_for_the_token_where_there_is_one(pulse: Pulse) -> None:
    assert (await ask(pulse, "/metrics", TOKEN)).status_code == 401
    assert (await ask(pulse, "/metrics", TOKEN, authorization=f"Bearer {TOKEN}")).status_code == 200
    assert (await ask(pulse, "/livez", TOKEN)).status_code == 200
