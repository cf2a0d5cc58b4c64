"""Servers that share a database and start together: one makes the development tenant, the others find it."""

import asyncio

import asyncpg

from app.bootstrap import (
    AGORA_CERTIFICATE,
    LEARNCUBE_PRIVATE,
    MERITHUB_SECRET,
    TENANT,
    follow_address,
    prepare,
)
from app.database import Address, one_work
from app.settings import Settings

WELL_KNOWN = {AGORA_CERTIFICATE, LEARNCUBE_PRIVATE, MERITHUB_SECRET}
AT_ONCE = 5


async def secrets(database: Address) -> list[str]:
    """What the development tenant's customers sign in with."""
    connection = await asyncpg.connect(database.dsn)
    try:
        rows = await connection.fetch("SELECT secret FROM credentials WHERE tenant_id = $1", TENANT)
    finally:
        await connection.close()
    return [row["secret"] for row in rows]


async def start(settings: Settings, database: Address) -> None:
    await prepare(settings, database)
    if settings.development:
        await one_work(database, lambda work: follow_address(work, settings.base_url))


async def test_the_first_makes_it_and_the_others_find_it(database: Address) -> None:
    servers = [Settings(port=8000 + number) for number in range(AT_ONCE)]
    await asyncio.gather(*(start(settings, database) for settings in servers))
    held = await secrets(database)
    assert len(held) == len(WELL_KNOWN)
    assert set(held) == WELL_KNOWN


async def test_what_everybody_knows_is_taken_out_of_use_by_all_of_them(database: Address) -> None:
    await prepare(Settings(), database)
    public = Settings(admin_token="a-token-that-only-the-operator-knows")
    await asyncio.gather(*(start(public, database) for _ in range(AT_ONCE)))
    held = await secrets(database)
    assert len(held) == len(WELL_KNOWN)
    assert not WELL_KNOWN & set(held)
