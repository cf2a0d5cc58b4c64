"""Two server processes on one database: each event is handed out once, and none is lost."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from homeroom import Homeroom

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.database import Address
from app.dialects.agora import building
from app.dialects.agora.building import Seal

ROOMS, WRITERS, POLLERS, MESSAGES = 20, 25, 4, 8
APP = f"/edu/apps/{AGORA_ID}/v2/rooms"
FEED = f"/edu/polling/apps/{AGORA_ID}/v2/rooms/sequences"


@pytest.fixture
def servers(database: Address, tmp_path: Path) -> Iterator[list[Homeroom]]:
    """Two servers that share nothing but the database."""
    shared = {"HOMEROOM_DATABASE_URL": database.dsn}
    started = [Homeroom(tmp_path / name, settings=shared) for name in ("one", "two")]
    try:
        for server in started:
            server.start()
        yield started
    finally:
        for server in started:
            server.clean_up()


def headers() -> dict[str, str]:
    seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(time.time()), 600, 7)
    return {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}


def done(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json().get("data")


def test_each_event_is_handed_out_once(servers: list[Homeroom]) -> None:
    shown = headers()
    for number in range(ROOMS):
        api = servers[number % 2].api
        done(api.post(f"{APP}/r{number}", json={"roomName": "R", "roomType": 4}, headers=shown))
        done(api.put(f"{APP}/r{number}/users/ada", json={"role": 1}, headers=shown))
        done(api.put(f"{APP}/r{number}/states/1", headers=shown))
    taken: list[tuple[str, int, str]] = []
    written = threading.Event()

    def write(writer: int) -> None:
        api = servers[writer % 2].api
        for number in range(MESSAGES):
            room = f"r{(writer * 7 + number) % ROOMS}"
            said = {"message": f"{writer}/{number}", "type": 1}
            done(api.post(f"{APP}/{room}/from/ada/chat", json=said, headers=shown))

    def poll(poller: int) -> None:
        over = False
        while not over:
            # Once more after the last was written.
            over = written.is_set()
            events = done(servers[poller % 2].api.get(FEED, headers=shown))
            taken.extend((one["roomUuid"], one["sequence"], one["data"].get("message", "")) for one in events)

    with ThreadPoolExecutor(WRITERS + POLLERS) as pool:
        pollers = [pool.submit(poll, number) for number in range(POLLERS)]
        for writing in [pool.submit(write, number) for number in range(WRITERS)]:
            writing.result()
        written.set()
        for polling in pollers:
            polling.result()
    assert len(taken) == len(set(taken)) == ROOMS + WRITERS * MESSAGES
    assert {said for _, _, said in taken} - {""} == {
        f"{writer}/{number}" for writer in range(WRITERS) for number in range(MESSAGES)
    }
    for number in range(ROOMS):
        mine = sorted(seq for room, seq, _ in taken if room == f"r{number}")
        assert mine == list(range(1, len(mine) + 1))
