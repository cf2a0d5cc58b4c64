"""Statements a second that a process sends to its database while nothing happens."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final

import asyncpg
from report import Row
from servers import homeroom

from app.kit import loops
from app.kit.postgres import EmbeddedPostgres

SECONDS: Final = 20.0
SETTLED: Final = 3.0
MOST: Final = 5.0
SENT: Final = re.compile(r"LOG:  (?:statement|execute [^:]+):\s*(.*)")


def measured() -> dict[str, Any]:
    """Every statement that PostgreSQL logs of an idle server, API and background work in one process."""
    with homeroom({}) as serving:
        return asyncio.run(_counted(serving.folder))


async def _counted(folder: Path) -> dict[str, Any]:
    database = EmbeddedPostgres(folder)
    connection = await asyncpg.connect(database.dsn)
    try:
        await loops.pause(SETTLED)
        await connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        await connection.execute("SELECT pg_reload_conf()")
        await loops.pause(1)
        log = database.directory / "log"
        before = log.stat().st_size
        await loops.pause(SECONDS)
        text = log.read_bytes()[before:].decode()
    finally:
        await connection.close()
    sent = SENT.findall(text)
    kinds: dict[str, int] = {}
    for statement in sent:
        kinds[statement[:60]] = kinds.get(statement[:60], 0) + 1
    return {"per_second": len(sent) / SECONDS, "seconds": SECONDS, "statements": kinds}


def rows(figures: dict[str, Any]) -> list[Row]:
    """All of them, BEGIN and COMMIT too."""
    rate = figures["per_second"]
    return [Row("An idle process", f"{rate:.1f} statements/s", "", f"at most {MOST:g}", rate <= MOST)]


def table(figures: dict[str, Any]) -> str:
    """What is sent how often."""
    kinds = sorted(figures["statements"].items(), key=lambda one: -one[1])
    return "\n".join(f"{count / figures['seconds']:6.2f}/s  {statement}" for statement, count in kinds)
