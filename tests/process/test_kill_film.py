"""A server that is killed while it makes a film makes it after its next start, and leaves no process."""

import signal
import time
from typing import Any

import psutil
import pytest
from homeroom import Homeroom
from waiting import eventually

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.dialects.agora import building
from app.dialects.agora.building import Seal

pytestmark = pytest.mark.process

# A part that was being made at the kill waits for its lease of 30 s to run out.
MADE_WITHIN = 90.0


def call(homeroom: Homeroom, method: str, path: str, body: Any = None) -> Any:
    seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(time.time()), 600, 7)
    headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    url = f"/edu/apps/{AGORA_ID}/v2/rooms/{path}"
    answer = homeroom.api.request(method, url, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json().get("data")


def filming(homeroom: Homeroom) -> list[psutil.Process]:
    assert homeroom.process is not None
    children = psutil.Process(homeroom.process.pid).children()
    return [child for child in children if works(child) and "app.workers.filming" in child.cmdline()]


def works(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_film_is_made_after_a_kill(homeroom: Homeroom) -> None:
    call(homeroom, "POST", "algebra", {"roomName": "Algebra", "roomType": 4})
    call(homeroom, "PUT", "algebra/records/states/1")
    call(homeroom, "PUT", "algebra/records/states/0")
    [maker] = eventually(lambda: filming(homeroom), "the film is being made")
    homeroom.end(signal.SIGKILL)
    eventually(lambda: not works(maker), "the maker is gone too")

    homeroom.start()

    def url() -> str:
        [one] = call(homeroom, "GET", "algebra/records")["list"]
        found: str = one["url"] or ""
        return found

    playlist = homeroom.api.get(eventually(url, "the film", MADE_WITHIN))
    assert playlist.text.count("#EXTINF") == 1
