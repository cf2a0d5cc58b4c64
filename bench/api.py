"""Requests a second of one server process, against bare Starlette with raw asyncpg doing the same SQL.

What the ceiling sends to the database is what Homeroom sent for the same request, taken from the database's
own log: the same statements with the same arguments, as many round trips, fresh ids where rows are written.
Homeroom, the ceiling and a route without any database are asked in turns, in short rounds.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import asking
import psutil
import uvloop
from asking import CLIENTS, Taken
from programs import ADMIN, STORY_ROOM, Programs
from replaying import Journal, Story
from report import Row
from servers import answering, free_port, running

from app.kit.postgres import BIN

ROUNDS = int(os.environ.get("BENCH_ROUNDS_API", "6"))
SIZE = int(os.environ.get("BENCH_SIZE_API", "1"))
TARGET = 0.6
HERE = Path(__file__).resolve().parent
WARMING = 999_999
"""The number of what is made before anything is recorded."""


@dataclass(frozen=True)
class Measure:
    """A row of the table: how many requests a round has, and what they are.

    `steps` names the recorded requests that its requests are, one after the other for each number;
    `before` those that a number needs first, which are not measured.
    """

    name: str
    steps: Sequence[str]
    round_: int
    most: int
    """How many statements one of them may take."""
    before: Sequence[str] = ()
    writes: bool = False


MEASURES = (
    Measure("MeritHub: class status", ["status"], 600, 2),
    Measure("MeritHub: schedule a class", ["schedule"], 200, 6, writes=True),
    Measure("MeritHub: add 30 users to a class", ["add"], 100, 6, ["schedule"], writes=True),
    Measure("Agora: a user of a room", ["user"], 600, 2),
    Measure("Agora: sequences of a room", ["sequences"], 600, 2),
    Measure("Agora: poll the app, nothing new", ["poll"], 600, 2),
    Measure("Agora: change the state of a room", ["start", "end", "close"], 80, 8, ["room"], writes=True),
)


async def recorded(
    client: aiohttp.ClientSession, programs: Programs, journal: Journal, known: set[str]
) -> Story:
    """The statements and the answer of each request."""
    names = ["schedule", "add", "room", "start", "end", "close", "status", "user", "sequences", "poll"]
    # Once without being recorded: the server's caches are filled, its statements prepared.
    for name in names:
        await programs.made(client, name, WARMING)
    story = Story(known=known | {programs.classes[-1], programs.links[-1]})
    await journal.begin()
    for name in names:
        if name == "poll":
            await programs.made(client, name, 0)
        await journal.mark()
        story.answers[name] = await programs.made(client, name, 0)
        await journal.mark()
        story.statements[name] = await journal.told()
    await journal.end()
    return story


def requests(measure: Measure, numbers: range, of: Callable[[str, int], bytes]) -> list[bytes]:
    """The requests of a round: the first step of all numbers, then the second, so that no two meet."""
    return [of(name, number) for name in measure.steps for number in numbers]


async def compare(
    programs: Programs, ceiling: str, processes: dict[str, int], measure: Measure, first: int
) -> dict[str, Any]:
    """One row: Homeroom, the ceiling and the bare route in turns."""
    sides = {"homeroom": programs.base, "ceiling": ceiling, "bare": ceiling}
    spent = dict.fromkeys(sides, 0.0)
    taken = {side: Taken() for side in sides}

    def at_ceiling(path: str) -> Callable[[str, int], bytes]:
        def made(name: str, number: int) -> bytes:
            call = programs.call(name, number)
            # The same headers and body: reading them is part of the work.
            return asking.request(
                call.method, path.format(name=name, number=number), programs.headers, call.body
            )

        return made

    ways = {
        "homeroom": programs.bytes_of,
        "ceiling": at_ceiling("/replay/{name}/{number}"),
        "bare": at_ceiling("/bare/{name}"),
    }
    for round_ in range(ROUNDS + 1):
        start = first + round_ * measure.round_ * SIZE
        numbers = range(start, start + measure.round_ * SIZE)
        await _prepare(programs, ceiling, measure, numbers, at_ceiling("/replay/{name}/{number}"))
        for side in sorted(sides, reverse=bool(round_ % 2)):
            before = _spent(processes[side])
            one = await asking.ask(sides[side], requests(measure, numbers, ways[side]))
            if round_:
                taken[side].add(one)
                spent[side] += _spent(processes[side]) - before
    return {side: one.figures(spent[side]) for side, one in taken.items()}


def _spent(process: int) -> float:
    """Seconds of processor time that a process has used."""
    used = psutil.Process(process).cpu_times()
    return float(used.user + used.system)


async def _prepare(
    programs: Programs, ceiling: str, measure: Measure, numbers: range, of: Callable[[str, int], bytes]
) -> None:
    """What the requests of a round need, in both databases' rows."""
    if not measure.before:
        return
    async with aiohttp.ClientSession() as client:
        for name in measure.before:
            await asyncio.gather(*(programs.made(client, name, number) for number in numbers))
            await asking.ask(ceiling, [of(name, number) for number in numbers])


def pgbench(dsn: str, story: Story, name: str) -> float | None:
    """Transactions a second of a read's statements alone, by PostgreSQL's own program where it is there."""
    program = BIN / "pgbench"
    if not program.exists():
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(";\n".join(story.inlined(name)) + ";\n")
        script.flush()
        command = [str(program), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", "3"]
        done = subprocess.run(  # noqa: S603 - the wheel's own program
            [*command, "-f", script.name, dsn], capture_output=True, text=True, check=True
        )
    return round(float(done.stdout.split("tps = ")[1].split()[0]), 1)


class Served(NamedTuple):
    """A server: where it listens, and its process."""

    base: str
    process: int


async def _measure(
    own: Served, journal: Journal, servers: ExitStack, folder: Path, only: str
) -> dict[str, Any]:
    base = own.base
    async with aiohttp.ClientSession() as client:
        await answering(client, f"{base}/readyz?wait=30s")
        programs = Programs(base)
        known = await programs.begin(client)
        story = await recorded(client, programs, journal, known)
        file, port = folder / "story.json", free_port()
        story.write(file, [STORY_ROOM])
        dsn = journal.cluster.dsn
        command = [sys.executable, str(HERE / "ceiling.py"), str(port), dsn, str(file)]
        top = servers.enter_context(running(command, {}))
        ceiling = f"http://127.0.0.1:{port}"
        await answering(client, ceiling)
    results = {}
    for place, measure in enumerate(MEASURES, 1):
        if only not in measure.name:
            continue
        processes = {"homeroom": own.process, "ceiling": top, "bare": top}
        row = await compare(programs, ceiling, processes, measure, place * 100_000)
        row["statements"] = [story.round_trips(name) for name in measure.steps]
        for than in ("ceiling", "bare"):
            row[f"of_{than}"] = round(row["homeroom"]["per_second"] / row[than]["per_second"], 3)
        row["cpu_of_ceiling"] = round(row["ceiling"]["cpu_us"] / row["homeroom"]["cpu_us"], 3)
        if not measure.writes:
            row["pgbench"] = await asyncio.to_thread(pgbench, dsn, story, measure.steps[0])
        results[measure.name] = row
    return results


def measured(only: str = "") -> dict[str, Any]:
    """Each row by its name: requests a second and latencies of all three, and what part that is.

    `only` those whose name has this text in it.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-") as name, ExitStack() as servers:
        folder = Path(name)
        journal = Journal(folder / "database")
        journal.cluster.start()
        asyncio.run(journal.prepare())
        journal.cluster.stop()
        journal.cluster.start()
        servers.callback(journal.cluster.stop)
        own = {
            "HOMEROOM_PORT": str(port),
            "HOMEROOM_DATA_DIR": name,
            "HOMEROOM_DATABASE_URL": journal.cluster.dsn,
            "HOMEROOM_LOG_LEVEL": "warning",
            "HOMEROOM_ADMIN_TOKEN": ADMIN,
            "HOMEROOM_WORK": "false",
        }
        process = servers.enter_context(running([sys.executable, "-m", "app.cli", "serve"], own))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(
                _measure(Served(f"http://127.0.0.1:{port}", process), journal, servers, folder, only)
            )


def table(results: dict[str, Any]) -> str:
    """The rows for a person."""
    head = f"{'requests/s of one process':36} {'homeroom':>9} {'ceiling':>8} {'ratio':>6} {'of bare':>8}"
    lines = [head + f" {'cpu us':>11} {'p50/p99 ms':>13} {'ceiling':>12} {'pgbench':>8}  statements"]
    for name, row in results.items():
        own, top = row["homeroom"], row["ceiling"]
        lines.append(
            f"{name:36} {own['per_second']:9,.0f} {top['per_second']:8,.0f} {row['of_ceiling']:6.2f} "
            f"{row['of_bare']:8.2f} {own['cpu_us']:5.0f}/{top['cpu_us']:5.0f} "
            f"{own['p50_ms']:6.1f}/{own['p99_ms']:6.1f} "
            f"{top['p50_ms']:5.1f}/{top['p99_ms']:6.1f} {row.get('pgbench') or 0:8,.0f}  "
            f"{', '.join(map(str, row['statements']))}"
        )
    return "\n".join(lines)


def rows(results: dict[str, Any]) -> list[Row]:
    """Each against raw asyncpg in bare Starlette, and how many statements it takes."""
    most = {measure.name: measure.most for measure in MEASURES}
    speeds = [
        Row.at_least(name, f"{row['homeroom']['per_second']:,.0f}/s", row["of_ceiling"], TARGET)
        for name, row in results.items()
    ]
    counts = [
        Row(
            f"{name}: statements",
            ", ".join(map(str, row["statements"])),
            "",
            f"at most {most[name]}",
            max(row["statements"]) <= most[name],
        )
        for name, row in results.items()
    ]
    return speeds + counts


if __name__ == "__main__":
    print(table(measured(*sys.argv[1:])))
