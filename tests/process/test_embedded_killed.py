"""The embedded PostgreSQL, killed, comes back by itself with its data, whoever is left that uses it."""

import signal
from pathlib import Path

import httpx
import psutil
import pytest
from common import free_port
from homeroom import ADMIN, Homeroom, Worker
from waiting import eventually

from app.kit.postgres import EmbeddedPostgres, Guard

pytestmark = pytest.mark.process

BACK_WITHIN = 15.0


def postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def kill_database(data_dir: Path) -> int:
    """Kill the server of a data directory as nobody can refuse; its number."""
    process = postmaster(data_dir)
    process.send_signal(signal.SIGKILL)
    return process.pid


def another_runs(data_dir: Path, former: int) -> bool:
    try:
        return postmaster(data_dir).pid != former and EmbeddedPostgres(data_dir).runs()
    except (OSError, IndexError, ValueError, psutil.Error):
        return False


def ready(homeroom: Homeroom) -> bool:
    try:
        return homeroom.api.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def make_tenant(homeroom: Homeroom, name: str) -> str:
    answer = homeroom.api.post("/_/admin/v1/tenants", json={"name": name}, headers=ADMIN)
    assert answer.status_code < 300, answer.text
    return str(answer.json()["tenant_id"])


def test_it_comes_back_as_often_as_it_is_killed(homeroom: Homeroom) -> None:
    made = []
    for number in range(2):
        made.append(make_tenant(homeroom, f"School {number}"))
        former = kill_database(homeroom.data_dir)
        eventually(lambda was=former: another_runs(homeroom.data_dir, was), "a new server", BACK_WITHIN)
        eventually(lambda: ready(homeroom), "the database is back", BACK_WITHIN)
        assert homeroom.api.get("/livez").status_code == 200
        for tenant in made:
            assert homeroom.api.get(f"/_/admin/v1/tenants/{tenant}", headers=ADMIN).status_code == 200
    assert homeroom.end(signal.SIGTERM) == 0
    assert homeroom.database_processes() == []


def test_who_joined_brings_it_back_when_its_starter_was_killed_too(homeroom: Homeroom) -> None:
    port = free_port()
    worker = Worker(homeroom.data_dir, {"HOMEROOM_WORKER_PORT": str(port)})
    worker.start()
    try:
        # One that is still starting gives up with a sentence instead.
        eventually(lambda: is_at_work(port), "the worker is at work")
        # Whoever uses the directory says so by a lock on this file.
        assert str(homeroom.data_dir / "postgres.users") in opened(worker)
        homeroom.end(signal.SIGKILL)
        former = kill_database(homeroom.data_dir)
        eventually(lambda: another_runs(homeroom.data_dir, former), "a new server", BACK_WITHIN)
        assert worker.runs()
    finally:
        worker.clean_up()


def is_at_work(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def opened(worker: Worker) -> list[str]:
    assert worker.process is not None
    return [file.path for file in psutil.Process(worker.process.pid).open_files()]


def test_what_a_killed_server_left_working_does_not_stop_the_next(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data")
    server.start()
    killed = postmaster(server.home)
    left = killed.children()
    # One that hears nothing: neither that its server died nor that it shall end.
    left[0].suspend()
    killed.kill()
    eventually(lambda: not server.runs(), "the server is dead")
    try:
        assert server.revive()
        assert not left[0].is_running() or left[0].status() == psutil.STATUS_ZOMBIE
        assert not server.revive()
    finally:
        server.stop()


def test_the_guard_tells_when_it_cannot_bring_the_server_back_and_when_it_could(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data")
    server.start()
    conf = server.directory / "postgresql.conf"
    sound = conf.read_text()
    try:
        with Guard(server, grace=0.1) as guard:
            assert guard.trouble() is None
            conf.write_text("no such setting = 1\n")
            kill_database(server.home)
            said = eventually(guard.trouble, "the guard tells", BACK_WITHIN)
            assert said == (
                "The embedded PostgreSQL ended and does not start again: the log of this process says why."
            )
            conf.write_text(sound)
            eventually(lambda: guard.trouble() is None, "the guard is content", 2 * BACK_WITHIN)
            assert server.runs()
    finally:
        server.stop()
