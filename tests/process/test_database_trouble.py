"""Trouble with the database under load: a 503 or a success, nothing is lost, and no restart is needed."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from between import Between
from homeroom import Homeroom
from load import Load
from sink import Sink, opened

from app.database import Address
from app.kit.postgres import EmbeddedPostgres

pytestmark = pytest.mark.process

RECOVERED_WITHIN = 20.0
CALM, KILLS = 1.0, 4
KILL_ALL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    with opened() as sink:
        yield sink


@contextmanager
def serving(dsn: str, data: Path, **settings: str) -> Iterator[Homeroom]:
    homeroom = Homeroom(data, settings={"HOMEROOM_DATABASE_URL": dsn, **settings})
    try:
        homeroom.start()
        yield homeroom
    finally:
        homeroom.clean_up()


def pause(seconds: float) -> None:
    """Let the load run."""
    threading.Event().wait(seconds)


def all_is_well(load: Load, homeroom: Homeroom) -> None:
    load.every_ping_arrives_in_order(RECOVERED_WITHIN)
    load.everything_is_there()
    load.the_feed_was_handed_out_once()
    assert homeroom.process is not None
    assert homeroom.process.poll() is None
    assert min(len(load.said), len(load.edits)) >= 1


def test_all_its_connections_are_killed_every_second(database: Address, sink: Sink, tmp_path: Path) -> None:
    async def kill() -> int:
        connection = await asyncpg.connect(database.dsn)
        try:
            return int(await connection.fetchval(KILL_ALL))
        finally:
            await connection.close()

    with serving(database.dsn, tmp_path / "data") as homeroom, Load([homeroom.base_url], sink) as load:
        load.start()
        killed = 0
        for _ in range(KILLS):
            pause(CALM)
            killed += asyncio.run(kill())
        pause(CALM)
        load.finish()
        assert killed >= KILLS
        all_is_well(load, homeroom)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "own")
    server.start()
    yield server
    server.stop()


def test_the_database_is_restarted_under_load(postgres: EmbeddedPostgres, sink: Sink, tmp_path: Path) -> None:
    with serving(postgres.dsn, tmp_path / "data") as homeroom, Load([homeroom.base_url], sink) as load:
        load.start()
        for how in ("fast", "immediate"):
            pause(CALM)
            postgres._run("pg_ctl", "-w", "-m", how, "-D", str(postgres.directory), "restart")
        pause(CALM)
        load.finish()
        assert load.unsure
        all_is_well(load, homeroom)


def test_the_way_to_the_database_forgets_its_connections(
    database: Address, sink: Sink, tmp_path: Path
) -> None:
    """Nothing comes through and nobody hangs up; then new connections work, and the old ones stay silent."""
    with (
        Between(database.dsn).running() as between,
        serving(between.dsn, tmp_path / "data", HOMEROOM_DATABASE_SECONDS="1") as homeroom,
        Load([homeroom.base_url], sink) as load,
    ):
        load.start()
        pause(CALM)
        between.forget()
        pause(3 * CALM)
        between.remember()
        pause(CALM)
        load.finish()
        assert load.unsure
        all_is_well(load, homeroom)
