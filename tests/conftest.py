"""One embedded PostgreSQL for the run, a migrated template once per worker, a clone of it for each test."""

import asyncio
import gc
import os
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from common import START, TENANT, free_port
from databases import address_of, copied, execute, fastest_folder, in_thread
from fastapi import FastAPI
from hypothesis import settings as searching
from receiving import Receiver, receiving
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from statements import names_its_tenant, overheard

from app.bootstrap import ensure_development_tenant
from app.database import Address, migrate
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain import tenants
from app.domain.tenants import queries as tenant_queries
from app.domain.tenants.clock import Entering
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock, SystemClock
from app.kit.lines import PLAN_CACHE_MODE
from app.kit.postgres import EmbeddedPostgres
from app.kit.sockets import Sockets
from app.kit.work import Works
from app.main import create_app
from app.settings import Settings

# How long an example takes says something about the machine, and nothing about the code.
searching.register_profile("homeroom", deadline=None)
# `--hypothesis-profile=long` lets the outbox's model search for minutes.
searching.register_profile("long", deadline=None)
searching.load_profile("homeroom")

LONGEST = ("process", "journeys", "workers", "browser")

# What guards the data against a power cut; nobody keeps the tests' data, and copies are made thrice as fast.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a process, a browser or the database."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take long and mostly wait come first, so that the others are done beside them."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays, so nobody needs to look for garbage in it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cluster(testrun_uid: str) -> Iterator[EmbeddedPostgres]:
    """The server of this run, shared by its workers.

    Not below pytest's own folder: that keeps three runs, and several checkouts may be tested side by side.
    """
    home = fastest_folder() / f"homeroom-tests-{testrun_uid}"
    server = EmbeddedPostgres(home)
    server.start()
    for name in CARELESS:
        asyncio.run(execute(server.dsn, f"ALTER SYSTEM SET {name} = off"))
    # As on each connection of a server.
    asyncio.run(execute(server.dsn, f"ALTER SYSTEM SET plan_cache_mode = {PLAN_CACHE_MODE}"))
    asyncio.run(execute(server.dsn, "SELECT pg_reload_conf()"))
    yield server
    server.stop()
    if not (server.directory / "postmaster.pid").exists():
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(cluster: EmbeddedPostgres, worker_id: str) -> str:
    """The name of this worker's migrated database, which is only copied."""
    name = f"template_{worker_id}"
    asyncio.run(execute(cluster.dsn, f"CREATE DATABASE {name}"))
    migrate(address_of(cluster, name))
    return name


@pytest.fixture(scope="session")
def shared_database(cluster: EmbeddedPostgres, template: str) -> Iterator[Address]:
    """One database for all tests of this worker that roll back what they write."""
    with copied(cluster, template) as address:
        yield address


@pytest.fixture
def database(cluster: EmbeddedPostgres, template: str) -> Iterator[Address]:
    """A database of the test's own, with real commits."""
    with copied(cluster, template) as address:
        yield address


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def works(database: Address, clock: ManualClock) -> AsyncIterator[Works]:
    """Works with real commits on the test's own database, telling subscribers as the server does.

    As many at once as a test likes; some connections are kept, as a new one has to learn all tables anew.
    """
    engine = create_async_engine(database.url, pool_size=4, max_overflow=-1)
    yield Works(engine, clock, before_commit=teller(DIALECTS, "http://homeroom.test"), enter=Entering())
    await engine.dispose()


@pytest.fixture
async def tenant(works: Works) -> Tenant:
    """A tenant that may deliver to loopback."""
    async with works.begin() as work:
        return await tenants.create(work, "Test school", test=True, allow_private=True, tenant_id=TENANT)


@dataclass(frozen=True)
class Merithub:
    client_id: str
    client_secret: str


@pytest.fixture
async def merithub(works: Works, tenant: Tenant) -> Merithub:
    async with works.begin() as work:
        credential = await tenant_queries.credential(work, tenant.tenant_id, "merithub")
    return Merithub(credential.public_id, credential.secret)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="http://homeroom.test", work=False)


@pytest.fixture
async def asgi(
    settings: Settings, database: Address, clock: ManualClock, works: Works
) -> AsyncIterator[FastAPI]:
    """The whole app on the test's database and clock; ticks are the test's to call."""
    app = create_app(settings, database.url, database.dsn, clock)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(asgi: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://homeroom.test") as client:
        yield client


@pytest.fixture
def admin(settings: Settings) -> dict[str, str]:
    return {"authorization": f"Bearer {settings.admin_token}"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@dataclass
class Server:
    """A running server: the real app on a real port with the real clock."""

    base_url: str
    api: httpx.Client
    dsn: str
    admin: dict[str, str]


@pytest.fixture
def server(database: Address, tmp_path: Path) -> Iterator[Server]:
    """uvicorn in a thread, workers included, with the development tenant."""
    port = free_port()
    settings = Settings(data_dir=tmp_path, port=port)

    async def bootstrap() -> None:
        engine = create_async_engine(database.url, poolclass=NullPool)
        async with Works(engine, SystemClock()).begin() as work:
            await ensure_development_tenant(work, settings.base_url)
        await engine.dispose()

    in_thread(bootstrap)
    app = create_app(settings, database.url, database.dsn)
    running = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            log_config=None,
            timeout_graceful_shutdown=2,
            ws=Sockets,
            ws_per_message_deflate=False,
        )
    )
    thread = threading.Thread(target=running.run)
    thread.start()
    with httpx.Client(base_url=settings.base_url, timeout=30) as api:
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport) as patient:
            assert patient.get(f"{settings.base_url}/readyz?wait=30s", timeout=40).status_code == 200
        yield Server(
            settings.base_url, api, database.dsn, {"authorization": f"Bearer {settings.admin_token}"}
        )
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def sent_to_databases() -> Iterator[list[str]]:
    """What this process asks of databases."""
    with overheard() as said:
        yield said


@pytest.fixture(autouse=True)
def every_statement_names_its_tenant(sent_to_databases: list[str]) -> Iterator[None]:
    """Whatever a test is about: no statement that it sets off is without its tenant."""
    sent_to_databases.clear()
    yield
    # What a test itself writes may name the tenant by its id.
    without = {one for one in sent_to_databases if TENANT not in one and not names_its_tenant(one)}
    assert without == set()
