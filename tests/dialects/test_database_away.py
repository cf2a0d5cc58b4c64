"""A database that cannot serve now is no fault of the program: 503 and when to come again, in any dialect."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from common import free_port
from databases import execute
from fastapi import FastAPI
from jose import jws

from app.bootstrap import (
    AGORA_CERTIFICATE,
    AGORA_ID,
    LEARNCUBE_PRIVATE,
    LEARNCUBE_PUBLIC,
    MERITHUB_ID,
    MERITHUB_SECRET,
    ensure_development_tenant,
)
from app.database import Address
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.base import Broken, Dialect
from app.dialects.registry import DIALECTS
from app.kit.clock import SystemClock
from app.kit.lines import CannotConnect, Dial
from app.kit.unreachable import is_unreachable
from app.kit.work import Works
from app.main import create_app
from app.settings import Settings

Change = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]

FAILING = "CREATE FUNCTION fails() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$ "
FIRST_WRITES = ("grants", "classrooms", "users", "events")


async def ask_token(client: httpx.AsyncClient) -> httpx.Response:
    assertion = jws.sign({"iss": MERITHUB_ID, "expiry": 3600}, MERITHUB_SECRET, algorithm="HS256")
    data = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    granted = await client.post(f"/v1/{MERITHUB_ID}/api/token", data=data)
    if granted.status_code != 200:
        return granted
    headers = {"authorization": granted.json()["access_token"]}
    return await client.post(f"/v1/{MERITHUB_ID}/users", json={"name": "Ada"}, headers=headers)


async def make_room(client: httpx.AsyncClient) -> httpx.Response:
    seal = Seal(AGORA_ID, AGORA_CERTIFICATE, int(time.time()), 600, 7)
    headers = {"x-agora-token": building.rtm_007(seal, "server"), "x-agora-uid": "server"}
    body = {"roomName": "Algebra", "roomType": 4}
    return await client.post(f"/edu/apps/{AGORA_ID}/v2/rooms/algebra", json=body, headers=headers)


async def make_class(client: httpx.AsyncClient) -> httpx.Response:
    pair = (LEARNCUBE_PUBLIC, LEARNCUBE_PRIVATE)
    return await client.post("/api/virtual-classroom/classrooms/", json={"room_token": "algebra"}, auth=pair)


CHANGES: dict[str, Change] = {"merithub": ask_token, "agora": make_room, "learncube": make_class}


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


@pytest.fixture
async def works(database: Address, works: Works) -> Works:
    async with works.begin() as work:
        await ensure_development_tenant(work, "http://homeroom.test")
    return works


@pytest.fixture
async def asgi(settings: Settings, database: Address, works: Works) -> AsyncIterator[FastAPI]:
    """The whole app by the machine's clock, with the development tenant."""
    assert works
    app = create_app(settings, database.url, database.dsn, SystemClock())
    async with app.router.lifespan_context(app):
        yield app


def is_told_to_come_again(answer: httpx.Response, dialect: Dialect) -> None:
    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "1"), answer.text
    assert answer.json().keys() == json_keys(dialect)


def json_keys(dialect: Dialect) -> Any:
    spoken = dialect.refuse(Broken(), "trace", SystemClock().now())
    return httpx.Response(200, content=bytes(spoken.body)).json().keys()


@pytest.mark.parametrize("state", ["53100", "53200", "53300", "53400", "25006", "58030"])
async def test_a_database_without_room_memory_or_leave_to_write_is_away(
    dialect: Dialect, database: Address, client: httpx.AsyncClient, state: str
) -> None:
    await execute(database.dsn, FAILING.format(state) + "LANGUAGE plpgsql")
    for table in await existing(database, FIRST_WRITES):
        await execute(database.dsn, f"CREATE TRIGGER fails BEFORE INSERT ON {table} EXECUTE FUNCTION fails()")
    is_told_to_come_again(await CHANGES[dialect.name](client), dialect)


async def existing(database: Address, tables: tuple[str, ...]) -> list[str]:
    connection = await asyncpg.connect(database.dsn)
    found = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY ($1)", list(tables)
    )
    await connection.close()
    return [row["relname"] for row in found]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("53100", "The database's disk is full."),
        ("53200", "The database is out of memory."),
        ("25006", "The database is read-only."),
    ],
)
async def test_readyz_says_what_the_database_lacked(
    database: Address, client: httpx.AsyncClient, state: str, words: str
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    await execute(database.dsn, FAILING.format(state) + "LANGUAGE plpgsql")
    await execute(database.dsn, "CREATE TRIGGER fails BEFORE INSERT ON classrooms EXECUTE FUNCTION fails()")
    assert (await make_room(client)).status_code == 503
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.headers["retry-after"], ready.json()["detail"]) == (503, "1", words)


async def test_a_read_only_server_is_not_ready_and_is_again_as_soon_as_it_takes_changes(
    dialect: Dialect, database: Address, client: httpx.AsyncClient
) -> None:
    name = database.dsn.split("/")[-1].split("?")[0]
    await execute(database.dsn, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    is_told_to_come_again(await CHANGES[dialect.name](client), dialect)
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["detail"]) == (503, "The database is read-only.")

    # From beside it: what is read-only does not even let itself be changed back.
    beside = database.dsn.replace(f"/{name}", "/postgres")
    await execute(beside, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    answer = await CHANGES[dialect.name](client)
    assert answer.status_code < 300, answer.text


SSL_REQUEST = 8


@pytest.mark.parametrize(
    ("before", "user", "where"),
    [
        ("CREATE ROLE {role} NOLOGIN", "{role}", "{database}"),
        ("CREATE ROLE {role} LOGIN CONNECTION LIMIT 0", "{role}", "{database}"),
        (
            "REVOKE CONNECT ON DATABASE {database} FROM PUBLIC; CREATE ROLE {role} LOGIN",
            "{role}",
            "{database}",
        ),
        ("ALTER DATABASE {database} ALLOW_CONNECTIONS false", "postgres", "{database}"),
        ("SELECT 1", "nobody_of_this_name", "{database}"),
        ("SELECT 1", "postgres", "renamed_{database}"),
    ],
)
async def test_whatever_fails_while_connecting_is_a_database_that_is_away(
    dialect: Dialect, database: Address, tmp_path: Path, before: str, user: str, where: str
) -> None:
    name = database.dsn.split("/")[-1].split("?")[0]
    words = {"role": f"role_of_{name}_{dialect.name}", "database": name}
    elsewhere = Address(*(one.replace(f"/{name}", "/postgres") for one in (database.url, database.dsn)))
    for statement in before.format(**words).split("; "):
        await execute(elsewhere.dsn, statement)
    try:
        to, who = where.format(**words), user.format(**words)
        url, dsn = (
            one.replace(f"/{name}", f"/{to}").replace("postgres@", f"{who}@")
            for one in (database.url, database.dsn)
        )
        app = create_app(Settings(data_dir=tmp_path, work=False), url, dsn)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            is_told_to_come_again(await CHANGES[dialect.name](client), dialect)
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/livez")).status_code == 200
    finally:
        await execute(elsewhere.dsn, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await execute(elsewhere.dsn, f"DROP ROLE IF EXISTS {words['role']}")


async def test_a_database_that_is_renamed_while_it_serves_is_away_until_it_is_back(
    dialect: Dialect, database: Address, client: httpx.AsyncClient
) -> None:
    name = database.dsn.split("/")[-1].split("?")[0]
    beside = database.dsn.replace(f"/{name}", "/postgres")
    assert (await client.get("/readyz")).status_code == 200
    await rename(beside, name, f"moved_{name}")
    try:
        is_told_to_come_again(await CHANGES[dialect.name](client), dialect)
        assert (await client.get("/readyz")).status_code == 503
    finally:
        await rename(beside, f"moved_{name}", name)
    answer = await CHANGES[dialect.name](client)
    assert answer.status_code < 300, answer.text


async def rename(beside: str, old: str, new: str) -> None:
    await execute(beside, f"ALTER DATABASE {old} ALLOW_CONNECTIONS false")
    theirs = f"FROM pg_stat_activity WHERE datname = '{old}'"
    await execute(beside, f"SELECT pg_terminate_backend(pid) {theirs}")
    await execute(beside, f"ALTER DATABASE {old} RENAME TO {new}")
    await execute(beside, f"ALTER DATABASE {new} ALLOW_CONNECTIONS true")


async def refuse_password(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What PostgreSQL says to a password that is not the role's: it asks for one, and then it is wrong."""
    while True:
        (length,) = struct.unpack("!i", await reader.readexactly(4))
        await reader.readexactly(length - 4)
        if length != SSL_REQUEST:
            break
        writer.write(b"N")
    writer.write(b"R" + struct.pack("!ii", 8, 3))
    await reader.readexactly(1)
    said = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
    writer.write(b"E" + struct.pack("!i", len(said) + 4) + said)
    writer.close()


async def test_a_wrong_password_is_a_database_that_is_away(dialect: Dialect, tmp_path: Path) -> None:
    server = await asyncio.start_server(refuse_password, "127.0.0.1", 0)
    where = f"homeroom:wrong@127.0.0.1:{server.sockets[0].getsockname()[1]}/homeroom"
    settings = Settings(data_dir=tmp_path, work=False)
    app = create_app(settings, f"postgresql+asyncpg://{where}", f"postgresql://{where}")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with server, httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        is_told_to_come_again(await CHANGES[dialect.name](client), dialect)
        assert (await client.get("/readyz")).status_code == 503


@pytest.mark.parametrize(
    "failure",
    [
        asyncpg.InvalidPasswordError("password authentication failed"),
        asyncpg.InternalServerError("anything"),
        asyncpg.InterfaceError("unexpected words of a server that is none"),
        ValueError("anything else"),
        TimeoutError(),
    ],
)
async def test_no_failure_to_connect_is_a_fault(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(asyncpg, "connect", fail)
    with pytest.raises(CannotConnect) as caught:
        await Dial(f"postgresql://127.0.0.1:{free_port()}/homeroom", 1)
    assert is_unreachable(caught.value)
