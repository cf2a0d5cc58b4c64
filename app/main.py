"""The only wiring: engine, works, dialects, room, workers and error voices come together here."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import cache, partial
from importlib.resources import files

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.routing import BaseRoute

from app import database, storing, tls
from app.admin.docs import docs_router
from app.admin.metrics import Measure, Metrics
from app.admin.router import api as admin_api
from app.admin.router import router as admin_router
from app.dialects import errors
from app.dialects.learncube.ask import Asker
from app.dialects.learncube.gate import ask_to_start
from app.dialects.names import KnownNames
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain.tenants.clock import Entering
from app.kit import descriptors, loops
from app.kit.allowance import Allowance
from app.kit.bell import Bell
from app.kit.clock import Clock, SystemClock
from app.kit.express import Server
from app.kit.forwarded import Forwarded
from app.kit.lines import open_engine
from app.kit.outbound import Sender
from app.kit.pages import Assets
from app.kit.store import Store
from app.kit.web import BodyLimit, RequestId
from app.kit.work import Works
from app.realtime import content, films, player
from app.realtime.archives import Archives
from app.realtime.hub import Hub
from app.realtime.router import router as room_router
from app.settings import Settings
from app.workers.dispatcher import Dispatcher
from app.workers.health import Pulse, telling
from app.workers.keeper import Keep, Keeper
from app.workers.passage import Passage
from app.workers.renderer import Renderer
from app.workers.scheduler import Scheduler
from app.workers.standing import Standing
from app.workers.sweeper import Sweeper

LOOK_EVERY = 1.0
"""Seconds between looks for what is due: alarms, and deliveries that are tried again."""
SELDOM = 10.0
"""Seconds between looks for what somebody rings for as soon as it is there; a ring may get lost."""
KEEP_EVERY = 60.0
"""Seconds between looks whether something is old enough to go."""


def look_for_garbage_seldom() -> None:
    """Leave out what start-up made, which lives as long as the process, and collect after more than usual.

    For processes that are one server and nothing else: what is left out is never given back.
    Requests and deliveries leave next to no circles, and looking for some cost a third of a delivery.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def make_works(settings: Settings, engine: AsyncEngine, clock: Clock, bell: Bell) -> Works:
    """The maker of works with everything that a commit sets off."""
    return Works(
        engine,
        clock,
        before_commit=teller(DIALECTS, settings.base_url),
        publish=bell.publish,
        enter=Entering(),
        limits={
            "grace_minutes": settings.overtime_minutes,
            "empty_minutes": settings.empty_room_minutes,
            "early_minutes": settings.early_minutes,
            "token_calls_per_hour": settings.token_calls_per_hour,
        },
    )


def kept(settings: Settings) -> Keep:
    """How long things are kept."""
    return Keep(
        attempts=timedelta(days=settings.keep_attempts_days),
        deliveries=timedelta(days=settings.keep_deliveries_days),
        events=timedelta(days=settings.keep_events_days),
        chats=timedelta(days=settings.keep_chats_days),
        addresses=timedelta(days=settings.keep_addresses_days),
        inbox=timedelta(days=settings.keep_inbox_days),
    )


@contextlib.asynccontextmanager
async def working(  # noqa: PLR0913 - what the work needs
    works: Works, bell: Bell, sender: Sender, store: Store, settings: Settings, pulse: Pulse | None = None
) -> AsyncIterator[None]:
    """The background work: alarms, deliveries, bytes and rows to be removed, films; until the block ends."""
    stop, over = asyncio.Event(), asyncio.Event()
    standing = Standing(bell.dsn, works)
    topics = ("alarms", "outbox", "leftovers", "films")
    alarms, outbox, leftovers, films_due = (bell.listening(topic) for topic in topics)
    with alarms as due, outbox as owed, leftovers as left, films_due as wanted:
        scheduler, dispatcher = Scheduler(works, due), Dispatcher(works, sender, owed, standing)
        sweeper, renderer = Sweeper(works, store), Renderer(works, store, str(settings.film_font or ""))
        keeper = Keeper(works, kept(settings))
        never = asyncio.Event()
        each: dict[str, tuple[Callable[[], Awaitable[int]], asyncio.Event, float]] = {
            "jobs": (scheduler.tick, due, LOOK_EVERY),
            "deliveries": (dispatcher.tick, owed, LOOK_EVERY),
            "bytes": (sweeper.tick, left, SELDOM),
            "films": (renderer.tick, wanted, SELDOM),
            "retention": (keeper.tick, never, KEEP_EVERY),
        }
        pulse = pulse or Pulse()
        # Their ticks last as long as there is work.
        scheduler.turned, dispatcher.turned = pulse.turning("jobs"), pulse.turning("deliveries")
        for name, (tick, wake, interval) in each.items():
            turning = loops.forever(tick, wake, stop, interval, pulse.turning(name))
            pulse.tasks[name] = asyncio.create_task(turning)
        tasks = [*pulse.tasks.values(), asyncio.create_task(standing.run(over))]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(scheduler.stop(), dispatcher.stop(), renderer.stop())
            over.set()
            await asyncio.gather(*tasks)


def create_app(  # noqa: PLR0913 - each value is named at the call
    settings: Settings,
    database_url: str,
    dsn: str,
    clock: Clock | None = None,
    trouble: Callable[[], str | None] = lambda: None,
    store: Store | None = None,
) -> FastAPI:
    """The whole server as one ASGI app; its lifespan opens and closes everything it uses.

    `store` is the database's store of files; without one it is whatever the settings name.
    `trouble` says what is wrong with a database that this process has to run and cannot.
    """
    engine = open_engine(database_url, dsn, size=settings.database_pool, patience=settings.database_seconds)
    bell = Bell(dsn)
    works = make_works(settings, engine, clock or SystemClock(), bell)
    hub = Hub(works, bell, settings.guests_per_minute)
    archives = Archives(works)
    store = store or storing.opened(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await bell.start()
        await hub.start()
        try:
            async with Sender(
                tls.trust(settings), proxy=settings.egress_proxy, allowed=settings.allowed
            ) as sender:
                app.state.passage = Passage(works, sender)
                app.state.asker = asker = Asker(works, sender, settings.question_seconds)
                app.state.gate = partial(ask_to_start, asker)
                background = working(works, bell, sender, store, settings)
                async with (
                    descriptors.watched(),
                    archives.kept(),
                    background if settings.work else contextlib.nullcontext(),
                ):
                    yield
                    await hub.stop()
        finally:
            await bell.stop()
            await engine.dispose()

    metrics = Metrics()
    app = Server(
        settled=errors.ordinary(DIALECTS, settings.proxies),
        noted=metrics.note,
        plain=errors.plain_path(DIALECTS),
        secure=settings.serves_tls,
        named=KnownNames(DIALECTS, works, settings.public_url) if settings.development else None,
        title="Homeroom",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings, app.state.works, app.state.hub = settings, works, hub
    app.state.archives = archives
    app.state.public_url, app.state.base_url = settings.public_url, settings.base_url
    app.state.store, app.state.largest_file = store, settings.upload_mb * 1_000_000
    app.state.head_revision, app.state.database_trouble = database.head_revision(), trouble
    app.state.metrics = metrics
    app.state.entries = Allowance(settings.entries_per_minute)
    errors.install(app, DIALECTS, pages=player.PAGES)
    app.add_middleware(Measure, metrics=app.state.metrics)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestId)
    # The outermost: all others take client, scheme and host from it.
    app.add_middleware(Forwarded, trusted=settings.proxies)
    app.router.routes.extend(_routes())
    return app


@cache
def _routes() -> list[BaseRoute]:
    """All routes, put together once a process: FastAPI works out what each needs, and keeps it with them."""
    whole = APIRouter()
    whole.mount("/_/static", Assets(directory=str(files("app") / "static")), name="static")
    pages = (room_router, content.router, films.router, player.router)
    for router in (admin_router, docs_router(DIALECTS, admin_api), *pages):
        whole.include_router(router)
    for dialect in DIALECTS:
        whole.include_router(dialect.router)
    return whole.routes


async def run_workers(settings: Settings, database_url: str, dsn: str, store: Store) -> None:
    """The background work alone, until SIGINT or SIGTERM."""
    look_for_garbage_seldom()
    engine = open_engine(database_url, dsn, size=settings.database_pool, patience=settings.database_seconds)
    bell = Bell(dsn)
    works = make_works(settings, engine, SystemClock(), bell)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await bell.start()
    try:
        trusting = Sender(tls.trust(settings), proxy=settings.egress_proxy, allowed=settings.allowed)
        pulse = Pulse(bounded=frozenset({"jobs", "deliveries"}))
        told = telling(pulse, settings.host, settings.worker_port, settings.metrics_token)
        async with (
            descriptors.watched(),
            trusting as sender,
            working(works, bell, sender, store, settings, pulse),
            told,
        ):
            await stopped.wait()
    finally:
        await bell.stop()
        await engine.dispose()
