"""Archives of recordings: packed once and a few at a time, while nobody holds a connection."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import recorded
from fastapi import FastAPI

from app.database import Address
from app.domain import participants
from app.domain.recordings import archive, links, queries
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.main import create_app
from app.settings import Settings
from app.workers.scheduler import Scheduler

FEW = 2


class Gate:
    """Packing as ever, once the gate is open; how many packings there are at once, and were."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = asyncio.Event()
        self.came = asyncio.Event()
        self.waiting = self.packed = self.most = 0
        self._make = archive.make
        monkeypatch.setattr(archive, "make", self)

    async def __call__(self, *what: Any) -> None:
        self.waiting += 1
        self.packed += 1
        self.most = max(self.most, self.waiting)
        self.came.set()
        await self.open.wait()
        await self._make(*what)
        self.waiting -= 1


@pytest.fixture
async def asgi(
    settings: Settings, database: Address, clock: ManualClock, works: Works
) -> AsyncIterator[FastAPI]:
    """The app with fewer connections than people who download."""
    held = settings.model_copy(update={"database_pool": FEW})
    app = create_app(held, database.url, database.dsn, clock)
    async with app.router.lifespan_context(app):
        yield app


async def settle(works: Works) -> None:
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass


async def lesson(works: Works, clock: ManualClock, tenant: Tenant) -> tuple[recorded.Class, str]:
    """A class with a recording of its lesson, and where that is downloaded."""
    made = await recorded.a_class(works, tenant.tenant_id, recording_download=True)
    await recorded.a_lesson(works, clock, made)
    await settle(works)
    async with works.begin() as work:
        (one,) = await queries.of_classroom(work, tenant.tenant_id, made.classroom_id)
    return made, links.download(tenant.signing_secret, tenant.tenant_id, one.recording_id)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


async def test_thirty_who_download_one_recording_wait_for_one_archive_and_hold_no_connection(
    client: httpx.AsyncClient, works: Works, clock: ManualClock, tenant: Tenant, gate: Gate
) -> None:
    _, url = await lesson(works, clock, tenant)
    downloads = [asyncio.create_task(client.get(url)) for _ in range(30)]
    await gate.came.wait()
    # More than there are connections wait, and whoever asks for something else is answered.
    for _ in range(3):
        answers = await asyncio.gather(*(client.get("/readyz") for _ in range(FEW)))
        assert [answer.status_code for answer in answers] == [200] * FEW
    gate.open.set()
    files = {(await download).content for download in downloads}
    assert len(files) == 1
    assert (await client.get(url)).content in files
    assert gate.packed == 1


async def test_no_more_than_two_are_packed_at_once(
    client: httpx.AsyncClient, works: Works, clock: ManualClock, tenant: Tenant, gate: Gate
) -> None:
    urls = [(await lesson(works, clock, tenant))[1] for _ in range(4)]
    downloads = [asyncio.create_task(client.get(url)) for url in urls]
    while gate.most < 2:
        await client.get("/readyz")
    gate.open.set()
    assert [(await download).status_code for download in downloads] == [200] * 4
    assert (gate.packed, gate.most) == (4, 2)


async def test_who_goes_away_takes_nothing_from_the_others(
    client: httpx.AsyncClient, works: Works, clock: ManualClock, tenant: Tenant, gate: Gate
) -> None:
    _, url = await lesson(works, clock, tenant)
    first, second = (asyncio.create_task(client.get(url)) for _ in range(2))
    await gate.came.wait()
    first.cancel()
    gate.open.set()
    assert (await second).headers["content-type"] == "application/zip"


async def test_a_server_that_stops_leaves_nothing_of_what_it_packed(
    settings: Settings, database: Address, works: Works, clock: ManualClock, tenant: Tenant, gate: Gate
) -> None:
    _, url = await lesson(works, clock, tenant)
    app = create_app(settings, database.url, database.dsn, clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://homeroom.test") as client:
            download = asyncio.create_task(client.get(url))
            await gate.came.wait()
            folder: Path = app.state.archives._folder
            download.cancel()
    assert not await asyncio.to_thread(folder.exists)


async def test_who_was_erased_is_in_no_archive_that_is_asked_for_later(
    client: httpx.AsyncClient, works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made, url = await lesson(works, clock, tenant)
    before = (await client.get(url)).content
    assert (await client.get(url)).content == before
    async with works.begin() as work:
        await participants.erase_user(work, tenant.tenant_id, made.student_user)
    await settle(works)
    assert (await client.get(url)).content != before
