"""People of a tenant that was made a minute ago come in as fast as those of one that the statistics know.

Autovacuum is off, so that PostgreSQL learns nothing of the new tenant while it is measured. Both are among
the rows of a large tenant; they come in turns, a new tenant each time.
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from databases import address_of, execute, fastest_folder
from growth import filled
from jose import jwt
from report import Row
from servers import answering, free_port, running
from sockets import Tab

from app.database import migrate
from app.greeting import GRANT
from app.kit import loops
from app.kit.clock import SystemClock
from app.kit.descriptors import raise_limit
from app.kit.postgres import EmbeddedPostgres
from app.settings import DEVELOPMENT_ADMIN_TOKEN

PEOPLE: Final = int(os.environ.get("BENCH_NEWCOMERS", "2000"))
OF_CLASS: Final = 50
AT_ONCE: Final = 50
ROUNDS: Final = int(os.environ.get("BENCH_NEWCOMERS_ROUNDS", "2"))
AROUND: Final = 20_000
"""Users and classes of the tenant among whose rows they are."""
LEAST: Final = 0.8
PATIENCE: Final = 120.0


@dataclass
class School:
    """A tenant whose people are about to come: where to, each with their own link."""

    tenant_id: str
    links: list[str]


def measured() -> dict[str, Any]:
    """How many of each are let in a second, over all rounds."""
    raise_limit()
    where = fastest_folder()
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-", dir=where) as folder, ExitStack() as servers:
        cluster = EmbeddedPostgres(Path(folder))
        cluster.start()
        servers.callback(cluster.stop)
        asyncio.run(execute(cluster.dsn, "CREATE DATABASE newcomers"))
        address, port = address_of(cluster, "newcomers"), free_port()
        base = f"http://127.0.0.1:{port}"
        migrate(address)
        asyncio.run(filled(address, base, AROUND))
        environment = {
            "HOMEROOM_PORT": str(port),
            "HOMEROOM_DATABASE_URL": address.dsn,
            "HOMEROOM_DATA_DIR": folder,
            "HOMEROOM_LOG_LEVEL": "warning",
        }
        servers.enter_context(running([sys.executable, "-m", "app.cli", "serve"], environment))
        return asyncio.run(_measure(base, address.dsn))


async def _measure(base: str, dsn: str) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {"known": [], "new": []}
    async with aiohttp.ClientSession() as client:
        await answering(client, f"{base}/readyz?wait=30s")
        known = [await _school(client, base) for _ in range(ROUNDS)]
        await execute(dsn, "VACUUM ANALYZE")
        await execute(dsn, "ALTER SYSTEM SET autovacuum = off")
        await execute(dsn, "SELECT pg_reload_conf()")
        for round_ in range(ROUNDS):
            fresh = await _school(client, base)
            turns = {"known": known[round_], "new": fresh}
            for name in sorted(turns, reverse=bool(round_ % 2)):
                seconds[name].append(await _come(base, turns[name]))
    return {
        "people": PEOPLE,
        "rounds": ROUNDS,
        "seconds": seconds,
        **{f"{name}_per_second": round(PEOPLE * ROUNDS / sum(taken), 1) for name, taken in seconds.items()},
    }


async def _school(client: aiohttp.ClientSession, base: str) -> School:
    """A tenant with its people in classes to come, all made through the API."""
    admin = {"authorization": f"Bearer {DEVELOPMENT_ADMIN_TOKEN}"}
    async with client.post(f"{base}/_/admin/v1/tenants", json={"name": "School"}, headers=admin) as answer:
        made = await answer.json()
    held = made["credentials"]["merithub"]
    site = f"{base}/v1/{held['client_id']}"
    assertion = jwt.encode({"iss": held["client_id"]}, held["client_secret"], algorithm="HS256")
    form = {"grant_type": GRANT, "assertion": assertion}
    async with client.post(f"{site}/api/token", data=form) as answer:
        headers = {"Authorization": str((await answer.json())["access_token"])}

    async def said(path: str, body: Any) -> Any:
        async with client.post(f"{site}/{path}", json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    teacher = (await said("users", {"name": "Teacher", "role": "C", "permission": "CC"}))["userId"]
    start = f"{SystemClock().now().year + 1}-01-15T10:00:00Z"
    links: list[str] = []
    for number in range(0, PEOPLE, OF_CLASS):
        plan = await said(teacher, {"title": f"Class {number}", "startTime": start, "duration": 60})
        common = plan["commonLinks"]["commonParticipantLink"]
        ids = await asyncio.gather(
            *(said("users", {"name": f"Student {number + one}"}) for one in range(OF_CLASS))
        )
        users = [{"userId": one["userId"], "userLink": common, "userType": "su"} for one in ids]
        links += [one["userLink"] for one in await said(f"{plan['classId']}/users", {"users": users})]
    return School(made["tenant_id"], links)


async def _come(base: str, school: School) -> float:
    """Seconds until all have been welcomed, some at a time; they stay, and leave when all have come."""
    host, port = base.removeprefix("http://").split(":")
    turns, tabs = asyncio.Semaphore(AT_ONCE), list[Tab]()

    async def come(number: int, link: str) -> None:
        async with turns:
            tab = await Tab.open(host, int(port), f"/_/room/{school.tenant_id}/{link}/socket")
            tabs.append(tab)
            tab.send("hello", v=1, tab=f"tab {number}", name="")
            await loops.within(PATIENCE, tab.heard("welcome"))

    begun = time.perf_counter()
    await asyncio.gather(*(come(number, link) for number, link in enumerate(school.links)))
    taken = time.perf_counter() - begun
    for tab in tabs:
        tab.leave()
    await asyncio.gather(*(tab.closed for tab in tabs))
    return taken


def rows(figures: dict[str, Any]) -> list[Row]:
    """The new one's rate over the known one's."""
    new, known = figures["new_per_second"], figures["known_per_second"]
    return [
        Row.at_least(
            f"{figures['people']:,} people of a tenant made a minute ago come in, over those of a known one",
            f"{new:,.0f} of {known:,.0f}/s",
            new / known,
            LEAST,
        )
    ]


def table(figures: dict[str, Any]) -> str:
    """Every round."""
    return "\n".join(
        f"{name}: {', '.join(f'{one:.1f} s' for one in taken)}" for name, taken in figures["seconds"].items()
    )
