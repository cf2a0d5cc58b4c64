"""Three servers and two workers share nothing but the database: each is killed in turn, and all goes on."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from homeroom import Homeroom, Worker
from load import Load
from sink import Sink, opened

from app.database import Address

pytestmark = pytest.mark.process

SERVERS, WORKERS = 3, 2
READY_WITHIN = DELIVERED_WITHIN = 60.0


@pytest.fixture
def sink() -> Iterator[Sink]:
    with opened() as sink:
        yield sink


@pytest.fixture
def servers(database: Address, tmp_path: Path) -> Iterator[list[Homeroom]]:
    """They answer; the work is done elsewhere."""
    shared = {"HOMEROOM_DATABASE_URL": database.dsn, "HOMEROOM_WORK": "false"}
    servers = [Homeroom(tmp_path / f"server{number}", settings=shared) for number in range(SERVERS)]
    with ExitStack() as undo:
        for server in servers:
            undo.callback(server.clean_up)
            server.launch()
        for server in servers:
            server.await_ready(READY_WITHIN)
        yield servers


@pytest.fixture
def workers(database: Address, tmp_path: Path, servers: list[Homeroom]) -> Iterator[list[Worker]]:
    shared = {"HOMEROOM_DATABASE_URL": database.dsn}
    workers = [Worker(tmp_path / f"worker{number}", shared) for number in range(WORKERS)]
    with ExitStack() as undo:
        for worker in workers:
            undo.callback(worker.clean_up)
            worker.start()
        yield workers


def test_each_process_is_killed_in_turn_and_nothing_is_lost(
    servers: list[Homeroom], workers: list[Worker], sink: Sink
) -> None:
    with Load([server.base_url for server in servers], sink) as load:
        load.start(teachers=2, editors=2)
        for worker, server in zip([*workers, None], servers, strict=True):
            if worker is not None:
                worker.end()
                worker.start()
            server.end(signal.SIGKILL)
            server.launch()
            server.await_ready(READY_WITHIN)
        load.finish()
        assert load.unsure
        load.every_ping_arrives_in_order(DELIVERED_WITHIN)
        load.everything_is_there()
        load.the_feed_was_handed_out_once()
        assert all(worker.runs() for worker in workers)
