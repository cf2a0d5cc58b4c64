"""What a server sends to its database for a request, as the database itself logs it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from app.kit import loops
from app.kit.postgres import EmbeddedPostgres

EXECUTED = re.compile(r"(?:execute [^:]*|statement): (.*)", re.DOTALL)
PARAMETER = re.compile(r"\$\d+ = (NULL|'((?:[^']|'')*)')")
MADE = re.compile(r"(?<![A-Za-z0-9-])(?:[A-Za-z0-9_-]{43}|[0-9a-v]{20})(?![A-Za-z0-9_-])")
MARK = "SELECT 'mark of the benchmark'"
# Waking listeners, after the commit and on a connection of its own; asking whether a connection lives.
BESIDE = ("pg_notify", "LISTEN", "pg_stat_activity")

Statement = tuple[str, list[list[str | None]]]


@dataclass
class Story:
    """Requests by name: their statements with arguments, their answers, and the ids that were made in it."""

    statements: dict[str, list[Statement]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Ids that were there before: they are the same in every replay."""

    def write(self, path: Path, besides: Iterable[str]) -> None:
        """For `ceiling.py`; `besides` are further values that each replay has its own of."""
        texts = (
            value
            for steps in self.statements.values()
            for _, rows in steps
            for row in rows
            for value in row
            if value
        )
        made = {found for text in texts for found in MADE.findall(text)} - self.known
        told = {"statements": self.statements, "answers": self.answers, "made": sorted({*made, *besides})}
        path.write_text(json.dumps(told))

    def inlined(self, name: str) -> list[str]:
        """The statements with their arguments written into them."""

        def told(row: list[str | None]) -> Callable[[re.Match[str]], str]:
            literals = ["NULL" if one is None else "'" + one.replace("'", "''") + "'" for one in row]
            return lambda found: literals[int(found[1]) - 1]

        return [
            re.sub(r"\$(\d+)", told(row), sql).rstrip(";")
            for sql, rows in self.statements[name]
            for row in rows
        ]

    def round_trips(self, name: str) -> int:
        """How many statements a request takes, the beginning and the end of its transaction left out."""
        return sum(sql.rstrip(";") not in ("BEGIN", "COMMIT", "ROLLBACK") for sql, _ in self.statements[name])


class Journal:
    """The log of an embedded server, which is started for it; written only between `begin` and `end`."""

    def __init__(self, folder: Path) -> None:
        self.cluster = EmbeddedPostgres(folder)

    async def prepare(self) -> None:
        """Let statements be logged as JSON; the server has to be started again after it."""
        connection = await asyncpg.connect(self.cluster.dsn)
        for name, value in (
            ("logging_collector", "on"),
            ("log_destination", "jsonlog"),
            ("log_directory", "told"),
        ):
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.close()

    async def begin(self) -> None:
        """Log every statement from now on."""
        self.connection = await asyncpg.connect(self.cluster.dsn)
        await self._log("all")

    async def end(self) -> None:
        """Log no more."""
        await self._log("none")
        await self.connection.close()

    async def _log(self, which: str) -> None:
        await self.connection.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
        await self.connection.execute("SELECT pg_reload_conf()")
        await loops.pause(1)

    async def mark(self) -> None:
        """Set a mark: what is logged after it belongs to the next request."""
        await self.connection.execute(MARK)

    async def told(self) -> list[Statement]:
        """What was logged between the last two marks."""
        await loops.pause(0.3)
        parts: list[list[tuple[str, list[str | None]]]] = [[]]
        for line in self._lines():
            if line[0] == MARK:
                parts.append([])
            else:
                parts[-1].append(line)
        return _together(parts[-2])

    def _lines(self) -> Iterator[tuple[str, list[str | None]]]:
        for path in sorted((self.cluster.directory / "told").glob("*.json")):
            for line in path.read_text().splitlines():
                entry = json.loads(line)
                found = EXECUTED.fullmatch(entry.get("message", ""))
                if found and found[1].strip(";") and not any(word in found[1] for word in BESIDE):
                    yield found[1], _parameters(entry.get("detail", ""))


def _parameters(detail: str) -> list[str | None]:
    return [
        None if found[1] == "NULL" else found[2].replace("''", "'") for found in PARAMETER.finditer(detail)
    ]


def _together(lines: list[tuple[str, list[str | None]]]) -> list[Statement]:
    """The same statement in a row is one step with many rows: asyncpg sends them in one go."""
    steps: list[Statement] = []
    for sql, row in lines:
        if steps and steps[-1][0] == sql and row:
            steps[-1][1].append(row)
        else:
            steps.append((sql, [row]))
    return steps
