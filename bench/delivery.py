"""How fast what is owed is delivered: in all, from the commit on, and beside receivers that do not answer."""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
from report import Row
from servers import answering, free_port, running
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Address, migrate
from app.domain import outbox, tenants
from app.domain.outbox import Notice
from app.domain.outbox.tables import Subscription
from app.kit import loops
from app.kit.bell import CHANNEL, Bell
from app.kit.clock import SystemClock
from app.kit.postgres import EmbeddedPostgres
from app.kit.work import Works

MESSAGES: Final = int(os.environ.get("BENCH_MESSAGES", "20000"))
CLASSES: Final = MESSAGES // 10
ROUNDS: Final = int(os.environ.get("BENCH_DELIVERY_ROUNDS", "3"))
BODY: Final = 500
AT_ONCE: Final = 64
RECEIVERS: Final = 4
"""Of as many tenants: 32 classes of each are under way, of which about half wait to be written down."""
PATIENCE: Final = 300.0
LEAST, LEAST_HEALTHY, LEAST_BESIDE = 0.5, 0.7, 0.9
RATE, SECONDS = 200, 10
MOST_P50, MOST_P99, MOST_UNHEARD = 0.010, 0.050, 1.5
MANY: Final = 1000
BEHIND: Final = 50_000

CHOSEN: Final = """
WITH chosen AS (
    SELECT t[1 + n % cardinality(t)] AS tenant_id, s[1 + n % cardinality(s)] AS subscription_id,
        $5 || ' ' || n AS lane_key
    FROM (SELECT $1::text[] AS t, $2::text[] AS s) AS given, generate_series(0, $3::int - 1) AS n
)
"""
LANES: Final = (
    CHOSEN
    + """
INSERT INTO lanes (tenant_id, subscription_id, lane_key, last_seq, done_seq, fence, tries, refusals)
SELECT tenant_id, subscription_id, lane_key, $4::int, 0, 0, 0, 0 FROM chosen
"""
)
DELIVERIES: Final = (
    CHOSEN
    + """
INSERT INTO deliveries (tenant_id, subscription_id, lane_key, seq, delivery_id, classroom_id, kind,
    body, query, content_type, state, created_at)
SELECT tenant_id, subscription_id, lane_key, seq, 'msg_' || gen_random_uuid(), lane_key, 'k',
    convert_to(repeat('x', $6::int), 'UTF8'), '', 'application/json', 'pending', clock_timestamp()
FROM chosen, generate_series(1, $4::int) AS seq
"""
)


def measured() -> dict[str, Any]:
    """All of it, on one database with one worker process."""
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-") as folder, ExitStack() as stack:
        cluster = EmbeddedPostgres(Path(folder))
        cluster.start()
        stack.callback(cluster.stop)
        address, port = Address(cluster.url, cluster.dsn), free_port()
        migrate(address)
        stack.enter_context(running([sys.executable, "bench/taking.py", str(port)], {}))
        settings = {
            "HOMEROOM_DATABASE_URL": cluster.dsn,
            "HOMEROOM_LOG_LEVEL": "warning",
            # The receivers are here, and every address is judged all the same.
            "HOMEROOM_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        stack.enter_context(running([sys.executable, "-m", "app.cli", "work"], settings))
        return asyncio.run(_measure(address, f"http://127.0.0.1:{port}"))


@dataclass
class Site:
    """The database, the receiver, and a client to ask it what came."""

    db: "asyncpg.Connection[asyncpg.Record]"
    address: Address
    url: str
    client: aiohttp.ClientSession

    async def came(self) -> dict[str, Any]:
        """What the receiver got since it was asked last."""
        async with self.client.get(self.url) as answer:
            return dict(json.loads(await answer.read()))

    @asynccontextmanager
    async def works(self, *, ringing: bool = True) -> AsyncIterator[Works]:
        """Units of work that tell the worker of what they owe, or leave it to find out."""
        engine, bell = create_async_engine(self.address.url, pool_size=20), Bell(self.address.dsn)
        await bell.start()
        yield Works(engine, SystemClock(), publish=bell.publish if ringing else None)
        await bell.stop()
        await engine.dispose()


async def _measure(address: Address, url: str) -> dict[str, Any]:
    db = await asyncpg.connect(address.dsn)
    async with aiohttp.ClientSession() as client:
        await answering(client, url)
        site = Site(db, address, url, client)
        parts = {"speed": _speed, "latency": _latency, "unheard": _unheard, "many": _many, "behind": _behind}
        chosen = os.environ.get("BENCH_DELIVERY", ",".join(parts)).split(",")
        results = {}
        for name, part in parts.items():
            if name in chosen:
                await db.execute("DELETE FROM tenants")
                results[name] = await part(site)
    await db.close()
    return results


async def _receivers(site: Site, count: int, each_tenant: int, path: str = "/ok") -> list[Subscription]:
    """Receivers that have taken something."""
    made = []
    async with site.works() as works, works.begin() as work:
        for number in range(count):
            if number % each_tenant == 0:
                tenant = await tenants.create(work, f"Bench {number}")
            to = f"{site.url}{path}/{number}"
            one = await outbox.subscribe(work, tenant.tenant_id, "merithub", f"r{number}", to)
            one.passed_at = work.now
            made.append(one)
    return made


async def _owe(site: Site, receivers: list[Subscription], lanes: int, each: int, name: str = "class") -> None:
    """So many classes over these receivers, each with so many messages; nothing is due yet."""
    keys = [one.tenant_id for one in receivers], [one.subscription_id for one in receivers]
    await site.db.execute(LANES, *keys, lanes, each, name)
    await site.db.execute(DELIVERIES, *keys, lanes, each, name, BODY)
    await site.db.execute("VACUUM ANALYZE")


async def _begin(site: Site, receivers: list[Subscription]) -> None:
    """Everything that these are owed is due from now on."""
    await site.came()
    await site.db.execute(
        "UPDATE lanes SET due_at = clock_timestamp() WHERE subscription_id = ANY ($1) AND due_at IS NULL",
        [one.subscription_id for one in receivers],
    )
    await site.db.execute("SELECT pg_notify($1, $2)", CHANNEL, '["outbox"]')


async def _delivered(site: Site, receivers: list[Subscription]) -> Any:
    """Wait until these have all that they are owed; what came, by the tenth of a second."""
    until = time.monotonic() + PATIENCE
    tenths: dict[int, int] = {}
    while time.monotonic() < until:
        await loops.pause(0.2)
        for tenth, count in (await site.came())["tenths"].items():
            tenths[int(tenth)] = tenths.get(int(tenth), 0) + count
        owed = await site.db.fetchval(
            "SELECT count(*) FROM lanes WHERE subscription_id = ANY ($1) AND due_at <= clock_timestamp()",
            [one.subscription_id for one in receivers],
        )
        if not owed:
            return tenths
    raise SystemExit("What is owed does not arrive.")


def _rate(tenths: dict[int, int]) -> float:
    """Messages a second, from the first to the last."""
    return sum(tenths.values()) / ((max(tenths) - min(tenths) + 1) / 10)


async def _speed(site: Site) -> dict[str, Any]:
    """Deliveries a second, and the posts of a plain client in turns with them."""
    plain, ours = [], []
    for _ in range(ROUNDS):
        plain.append(await _plain(site.url))
        receivers = await _receivers(site, RECEIVERS, 1)
        await _owe(site, receivers, CLASSES, MESSAGES // CLASSES)
        await _begin(site, receivers)
        ours.append(_rate(await _delivered(site, receivers)))
        print(f"plain client {plain[-1]:,.0f}/s, deliveries {ours[-1]:,.0f}/s", flush=True)
        await site.db.execute("DELETE FROM tenants")
    return {"plain": plain, "deliveries": ours}


async def _plain(url: str) -> float:
    command = [sys.executable, "bench/posting.py", f"{url}/ok", *map(str, (MESSAGES, AT_ONCE, BODY))]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return float(said)


async def _latency(site: Site, rate: int = RATE, *, ringing: bool = True) -> dict[str, Any]:
    """Seconds from the commit to the first byte at the receiver."""
    receivers = await _receivers(site, RECEIVERS, 1)
    committed: dict[str, float] = {}
    await site.came()
    async with site.works(ringing=ringing) as works:

        async def one(number: int) -> None:
            async with works.begin() as work:
                to = receivers[number % len(receivers)]
                notices = [Notice("k", str(number).encode())]
                await outbox.owe(work, to.tenant_id, [outbox.Owed(to, f"class {number % 500}", notices)])
            committed[str(number)] = time.monotonic()

        begun, tasks = time.monotonic(), []
        for number in range(rate * SECONDS):
            await loops.pause(max(0, begun + number / rate - time.monotonic()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        came = {}
        until = time.monotonic() + PATIENCE
        while len(came) < len(committed) and time.monotonic() < until:
            await loops.pause(0.2)
            came |= (await site.came())["first_bytes"]
    taken = sorted(came[number] - at for number, at in committed.items())
    p50, p99 = statistics.median(taken), taken[int(len(taken) * 0.99)]
    print(f"commit to first byte at {rate}/s: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms", flush=True)
    return {"rate": rate, "p50": p50, "p99": p99, "most": taken[-1]}


async def _unheard(site: Site) -> dict[str, Any]:
    """The same where no wake-up comes through."""
    return await _latency(site, RATE // 4, ringing=False)


async def _many(site: Site) -> dict[str, Any]:
    """What healthy receivers get a second while one in ten hangs, and while none does."""
    results: dict[str, Any] = {}
    for name, hanging in (("all healthy", 0), ("one in ten hangs", MANY // 10)):
        well = await _receivers(site, MANY - hanging, 20)
        stuck = await _receivers(site, hanging, 20, "/hang")
        await _owe(site, well, (MANY - hanging) * 4, 6)
        if stuck:
            await _owe(site, stuck, hanging * 4, 6)
        await _begin(site, well + stuck)
        tenths = await _delivered(site, well)
        results[name] = {"rate": _rate(tenths), "worst_second": _worst_second(tenths)}
        print(f"{name}: {results[name]}", flush=True)
        await site.db.execute("DELETE FROM tenants")
    return results


def _worst_second(tenths: dict[int, int]) -> int:
    """The fewest messages in any whole second between the first and the last."""
    first, last = min(tenths), max(tenths)
    seconds = [sum(tenths.get(at + place, 0) for place in range(10)) for at in range(first, last - 9)]
    return min(seconds) if seconds else sum(tenths.values())


async def _behind(site: Site) -> dict[str, Any]:
    """What the others get a second while one class has very much that waits, and while none has."""
    rates: dict[str, list[float]] = {"nothing waits": [], "much waits": []}
    for _ in range(ROUNDS):
        for name, found in rates.items():
            receivers = await _receivers(site, RECEIVERS, 1)
            if name == "much waits":
                await _owe(site, receivers[:1], 1, BEHIND, "waiting")
                await site.db.execute("UPDATE lanes SET due_at = clock_timestamp() + interval '1 hour'")
            await _owe(site, receivers, CLASSES, MESSAGES // CLASSES)
            await _begin(site, receivers)
            found.append(_rate(await _delivered(site, receivers)))
            print(f"{name}: {found[-1]:,.0f}/s", flush=True)
            await site.db.execute("DELETE FROM tenants")
    return rates


def rows(figures: dict[str, Any]) -> list[Row]:
    """The lines of the table."""
    speed, heard, unheard = figures["speed"], figures["latency"], figures["unheard"]
    healthy, mixed = figures["many"].values()
    alone, beside = (statistics.median(found) for found in figures["behind"].values())
    ours, plain = statistics.median(speed["deliveries"]), statistics.median(speed["plain"])
    return [
        Row.at_least(
            "Deliveries a second, over what the plain client posts",
            f"{ours:,.0f} of {plain:,.0f}/s",
            ours / plain,
            LEAST,
        ),
        Row(
            f"Commit to first byte at the receiver, {heard['rate']}/s",
            f"p50 {heard['p50'] * 1000:.1f} ms, p99 {heard['p99'] * 1000:.1f} ms",
            "",
            f"p50 {MOST_P50 * 1000:g} ms, p99 {MOST_P99 * 1000:g} ms",
            heard["p50"] <= MOST_P50 and heard["p99"] <= MOST_P99,
        ),
        Row(
            f"The same at {unheard['rate']}/s where no wake-up comes through",
            f"p99 {unheard['p99']:.2f} s",
            "",
            f"within {MOST_UNHEARD:g} s",
            unheard["p99"] <= MOST_UNHEARD,
        ),
        Row(
            f"{MANY:,} receivers, 10 % hang: what the healthy get, over all healthy",
            f"{mixed['rate']:,.0f} of {healthy['rate']:,.0f}/s, worst second {mixed['worst_second']:,}",
            f"{mixed['rate'] / healthy['rate']:.2f}",
            f"at least {LEAST_HEALTHY:g}, no second 0",
            mixed["rate"] / healthy["rate"] >= LEAST_HEALTHY and mixed["worst_second"] > 0,
        ),
        Row.at_least(
            f"{BEHIND:,} messages behind one waiting class: others' deliveries, over none waiting",
            f"{beside:,.0f} of {alone:,.0f}/s",
            beside / alone,
            LEAST_BESIDE,
        ),
    ]


def table(figures: dict[str, Any]) -> str:
    """Every round."""
    return json.dumps(figures, indent=2)


if __name__ == "__main__":
    print(table(measured()))
