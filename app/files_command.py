"""`homeroom files`: whether rows and bytes of files are the same, and which store it is."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import typer
from sqlalchemy.ext.asyncio import create_async_engine

from app.configuring import read_settings
from app.kit.store import Store
from app.kit.work import Works

files_app = typer.Typer(no_args_is_help=True, help="The store of files.")


class Finding(NamedTuple):
    """An object that is not as its row says."""

    key: str
    what: str


@files_app.command("check")
def check() -> None:
    """Find files whose bytes are not in the store, and bytes that no file answers for; changes nothing."""
    from app import database, storing
    from app.kit.clock import SystemClock

    settings = read_settings()

    async def run(address: database.Address) -> int:
        store = await storing.of_database(settings, address)
        await store.verify()
        engine = create_async_engine(address.url, hide_parameters=True)
        found = 0
        try:
            async for finding in findings(store, Works(engine, SystemClock())):
                print(f"{finding.key}  {finding.what}")
                found += 1
        finally:
            await engine.dispose()
        return found

    with database.opened(settings) as address:
        database.require_migrated(address)
        found = asyncio.run(run(address))
    if found:
        print(f"{found} found.")
        raise SystemExit(1)
    print("Every file has its bytes, and all bytes belong to a file.")


@files_app.command("adopt")
def adopt() -> None:
    """Have the database belong to the store of these settings, after its files were moved there."""
    from app import database, storing

    settings = read_settings()
    with database.opened(settings) as address:
        database.require_migrated(address)
        place = asyncio.run(storing.adopt(settings, address))
    print(f"The files of this database are in {place} now.")


async def findings(store: Store, works: Works) -> AsyncIterator[Finding]:
    """What is wrong, tenant by tenant. What changes meanwhile is looked at once more before it is told."""
    from app.domain.recordings import stored_bytes
    from app.domain.tenants import queries as tenants

    async with works.begin() as work:
        known = {tenant.tenant_id for tenant in await tenants.all_tenants(work)}
    for tenant_id in sorted(known.union(await store.folders())):
        # The store first: what is added after that has bytes, and shows so when it is looked at again.
        there = {key: size async for batch in store.listed(tenant_id) for key, size in batch}
        async with works.begin() as work:
            sizes = await stored_bytes.sizes(work, tenant_id)
            leaving = await stored_bytes.leaving(work, tenant_id)
        for file_id, size in sorted(sizes.items()):
            key = f"{tenant_id}/{file_id}"
            held = there.pop(key, None)
            if held is None:
                if not await store.exists(key):
                    yield Finding(key, "a file without bytes")
            elif held != size:
                yield Finding(key, f"{held} bytes instead of {size}")
        if leaving is None:
            continue
        for key, size in sorted(there.items()):
            if key.rpartition("/")[2] not in leaving and await store.exists(key):
                yield Finding(key, f"{size} bytes that no file answers for")
