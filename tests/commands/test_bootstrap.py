"""Servers that share a database and start together: one makes the development tenant, the others find it."""

import asyncio

import asyncpg
import httpx
import pytest

from app.bootstrap import (
    AGORA_CERTIFICATE,
    LEARNCUBE_PRIVATE,
    MERITHUB_SECRET,
    TENANT,
    follow_address,
    prepare,
)
from app.database import Address, one_work
from app.domain import tenants
from app.domain.tenants import queries
from app.kit.accounts import DatabaseTrouble
from app.kit.work import Work
from app.main import create_app
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


PUBLIC = "a-token-that-only-the-operator-knows"


async def made_in_development(database: Address, **options: bool) -> str:
    """The id of a tenant that somebody made with the well-known admin token."""
    await prepare(Settings(), database)

    async def make(work: Work) -> str:
        return (await tenants.create(work, "Opened School", development=True, **options)).tenant_id

    return await one_work(database, make)


async def state_of(database: Address, tenant_id: str) -> tuple[bool, bool, set[str]]:
    async def read(work: Work) -> tuple[bool, bool, set[str]]:
        tenant = await queries.by_id(work, tenant_id)
        secrets = {one.secret for one in await queries.credentials_of(work, tenant_id)}
        return tenant.allow_private, tenant.development, secrets

    return await one_work(database, read)


async def test_no_server_goes_public_with_tenants_that_anybody_may_have_made(database: Address) -> None:
    tenant_id = await made_in_development(database, allow_private=True)
    before = await state_of(database, tenant_id)
    with pytest.raises(DatabaseTrouble) as refused:
        await prepare(Settings(admin_token=PUBLIC), database)
    assert f"Opened School ({tenant_id})" in str(refused.value)
    assert "HOMEROOM_DEVELOPMENT_TENANTS=retire" in str(refused.value)
    assert await state_of(database, tenant_id) == before


async def test_retired_they_have_new_secrets_and_no_way_to_private_addresses(database: Address) -> None:
    tenant_id = await made_in_development(database, allow_private=True)
    known = (await state_of(database, tenant_id))[2]
    await prepare(Settings(admin_token=PUBLIC, development_tenants="retire"), database)
    allow_private, development, secrets = await state_of(database, tenant_id)
    assert (allow_private, development, secrets & known, len(secrets)) == (False, False, set(), 3)
    await prepare(Settings(admin_token=PUBLIC), database)


async def test_kept_they_stay_as_they_are(database: Address) -> None:
    tenant_id = await made_in_development(database, allow_private=True)
    before = await state_of(database, tenant_id)
    await prepare(Settings(admin_token=PUBLIC, development_tenants="keep"), database)
    assert await state_of(database, tenant_id) == before


async def test_tenants_that_reach_no_private_address_keep_nobody_from_going_public(database: Address) -> None:
    tenant_id = await made_in_development(database, allow_private=False)
    before = await state_of(database, tenant_id)
    await prepare(Settings(admin_token=PUBLIC), database)
    assert await state_of(database, tenant_id) == before


@pytest.mark.parametrize("token", [None, PUBLIC])
async def test_a_tenant_remembers_under_which_token_it_was_made(
    settings: Settings, database: Address, token: str | None
) -> None:
    held = settings if token is None else settings.model_copy(update={"admin_token": token})
    app = create_app(held, database.url, database.dsn)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://homeroom.test") as client,
    ):
        made = await client.post(
            "/_/admin/v1/tenants",
            json={"name": "School", "allow_private": True},
            headers={"authorization": f"Bearer {held.admin_token}"},
        )
    assert (await state_of(database, made.json()["tenant_id"]))[1] is (token is None)
