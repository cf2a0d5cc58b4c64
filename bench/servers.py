"""Servers for the time of a measurement, and a client's first steps with them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
from jose import jwt

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET
from app.greeting import GRANT
from app.kit import loops


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    """A server process for the time of the block; its id."""
    with subprocess.Popen(  # noqa: S603 - our own programs
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


async def answering(client: aiohttp.ClientSession, url: str) -> None:
    """Waits until a server answers at all."""
    for _ in range(240):
        try:
            async with client.get(url):
                return
        except aiohttp.ClientError:
            await loops.pause(0.25)
    raise SystemExit(f"{url} does not answer.")


async def token(client: aiohttp.ClientSession, base: str) -> str:
    """An access token of the development tenant."""
    assertion = jwt.encode({"iss": MERITHUB_ID}, MERITHUB_SECRET, algorithm="HS256")
    form = {"grant_type": GRANT, "assertion": assertion}
    async with client.post(f"{base}/v1/{MERITHUB_ID}/api/token", data=form) as answer:
        return str((await answer.json())["access_token"])


class Serving(NamedTuple):
    """A running server: its address, its data directory, its process."""

    base: str
    folder: Path
    pid: int


@contextmanager
def homeroom(settings: dict[str, str]) -> Iterator[Serving]:
    """`homeroom serve` on a data directory of its own, ready."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-") as folder:
        own = {"HOMEROOM_PORT": str(port), "HOMEROOM_DATA_DIR": folder, "HOMEROOM_LOG_LEVEL": "warning"}
        with running([sys.executable, "-m", "app.cli", "serve"], own | settings) as pid:
            asyncio.run(_ready(base))
            yield Serving(base, Path(folder), pid)


async def _ready(base: str) -> None:
    async with aiohttp.ClientSession() as client:
        await answering(client, f"{base}/readyz?wait=30s")
