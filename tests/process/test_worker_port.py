"""`homeroom work` tells a supervisor at a port of its own that it lives."""

from pathlib import Path

import httpx
import pytest
from common import free_port
from homeroom import Worker, spawned
from waiting import eventually

from app.database import Address

pytestmark = pytest.mark.process

LOOPS = {"jobs", "deliveries", "bytes", "films", "retention"}


def test_a_worker_tells_how_its_loops_turn(database: Address, tmp_path: Path) -> None:
    port = free_port()
    settings = {"HOMEROOM_DATABASE_URL": database.dsn, "HOMEROOM_WORKER_PORT": str(port)}
    worker = Worker(tmp_path / "data", settings)
    worker.start()

    def told() -> httpx.Response | None:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/livez")
        except httpx.TransportError:
            return None

    try:
        answer = eventually(told, "the worker tells that it lives")
        assert answer is not None
        assert (answer.status_code, set(answer.json()["loops"])) == (200, LOOPS)
    finally:
        worker.clean_up()


def test_migrate_and_check_end_well_on_a_database_of_an_operator(database: Address, tmp_path: Path) -> None:
    settings = {"HOMEROOM_DATABASE_URL": database.dsn, "HOMEROOM_FILES_URL": ""}
    output = tmp_path / "output.log"
    for words in (["migrate", "--days", "9"], ["files", "check"], ["files", "adopt"]):
        assert spawned(words, output, tmp_path / "data", settings).wait(60) == 0, output.read_text("utf-8")
    assert "Every file has its bytes, and all bytes belong to a file." in output.read_text("utf-8")
