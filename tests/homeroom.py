"""`homeroom serve` as a process of its own, for tests that kill it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from common import free_port
from waiting import eventually

from app.kit.postgres import EmbeddedPostgres
from app.settings import DEVELOPMENT_ADMIN_TOKEN

ADMIN = {"authorization": f"Bearer {DEVELOPMENT_ADMIN_TOKEN}"}


def spawned(
    words: list[str], output: Path, data_dir: Path, settings: dict[str, str]
) -> "subprocess.Popen[bytes]":
    """A command of `homeroom` with these settings and no others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
    environment |= {"HOMEROOM_DATA_DIR": str(data_dir)} | settings
    if "HOMEROOM_DATABASE_URL" in settings:
        # Several share it, and no folder.
        environment.setdefault("HOMEROOM_FILES_URL", "memory:///")
    with output.open("ab") as log:
        return subprocess.Popen(
            [Path(sys.executable).parent / "homeroom", *words], env=environment, stdout=log, stderr=log
        )


@dataclass
class Worker:
    """`homeroom work` on an operator's database."""

    data_dir: Path
    settings: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Return at once: it shows by what it does that it is ready."""
        self.process = spawned(["work"], self.data_dir.with_suffix(".log"), self.data_dir, self.settings)

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send it a signal; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def clean_up(self) -> None:
        """Leave nothing running, whatever the test did."""
        if self.runs():
            self.end()


@dataclass
class Homeroom:
    """`homeroom serve` as an operator starts it, on a data directory and a port of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.api = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)
        self.log = self.data_dir.with_suffix(".log")

    def start(self) -> None:
        """Return when it is ready."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Return at once."""
        settings = {"HOMEROOM_PORT": str(self.port)} | self.settings
        self.process = spawned(["serve"], self.log, self.data_dir, settings)

    def await_ready(self, seconds: float = 30.0) -> None:
        """Return when it is ready."""
        eventually(self._ready, "the server is ready", seconds)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text("utf-8")
        try:
            return self.api.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the server alone, not to its database; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def pings(self, class_id: str) -> list[tuple[str, dict[str, Any]]]:
        """(webhook-id, body) of what the inbox got of a class, in order of arrival."""
        answer = self.api.get("/_/inbox/merithub", headers=ADMIN | {"accept": "application/json"})
        arrived = [(item["headers"]["webhook-id"], json.loads(item["body"])) for item in answer.json()]
        return [(number, body) for number, body in arrived if body["classId"] == class_id]

    def database_processes(self) -> list[int]:
        """Those that work in this data directory."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.cwd() == str(self.data_dir / "postgres"):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def clean_up(self) -> None:
        """Leave nothing running, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.api.close()
        if "HOMEROOM_DATABASE_URL" not in self.settings:
            # Whoever leaves a database last stops it.
            database = EmbeddedPostgres(self.data_dir)
            database.start()
            database.stop()
