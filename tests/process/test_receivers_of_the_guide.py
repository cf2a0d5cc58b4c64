"""The receivers of the guide do what it says: they take what is signed, once, and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from common import free_port
from waiting import eventually

from app.kit.signing import new_signing_secret, signature_headers

pytestmark = pytest.mark.process

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "receivers"
SECRET = new_signing_secret()
PROGRAMS = {
    "receiver.py": [sys.executable, "receiver.py"],
    "receiver.mjs": ["node", "receiver.mjs"],
    "receiver.php": ["php", "-S", "127.0.0.1:{port}", "receiver.php"],
}


class Running:
    """A receiver that runs, and what it wrote."""

    def __init__(self, url: str, output: Path) -> None:
        self.url, self.output = url, output

    def post(self, headers: dict[str, str], body: bytes) -> int:
        return httpx.post(self.url, content=body, headers=headers, trust_env=False).status_code

    def is_there(self) -> bool:
        try:
            return self.post({}, b"") == 401
        except httpx.TransportError:
            return False


@pytest.fixture(params=sorted(PROGRAMS))
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    port = free_port()
    command = [part.format(port=port) for part in PROGRAMS[request.param]]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    output = tmp_path / "output"
    env = os.environ | {"WEBHOOK_SECRET": SECRET, "PORT": str(port), "SEEN_DIR": str(tmp_path)}
    with output.open("wb") as sink:
        process = subprocess.Popen(command, cwd=FOLDER, env=env, stdout=sink, stderr=sink)
        try:
            running = Running(f"http://127.0.0.1:{port}/", output)
            eventually(running.is_there, "the receiver answers")
            yield running
        finally:
            process.kill()
            process.wait()


def test_a_receiver_takes_what_is_signed_once_and_nothing_else(running: Running) -> None:
    now, body = datetime.now(UTC), '{"requestType":"classStatus","title":"Ünï"}'.encode()
    good = signature_headers("msg_1", now, body, SECRET)
    assert running.post(good, body) == 204
    assert running.post(good, body) == 204
    assert running.post(good, body + b" ") == 401
    assert running.post(signature_headers("msg_2", now, body, new_signing_secret()), body) == 401
    old = signature_headers("msg_3", now - timedelta(minutes=6), body, SECRET)
    assert running.post(old, body) == 401
    changing = signature_headers("msg_4", now, body, SECRET)
    changing["webhook-signature"] = f"v1,b3RoZXI= {changing['webhook-signature']}"
    assert running.post(changing, body) == 204
    assert running.output.read_text("utf-8").count(body.decode()) == 2
