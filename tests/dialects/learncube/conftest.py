"""A second customer, and a server whose certificate nobody knows."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from learncube_program import Program

from app.domain import tenants
from app.domain.tenants import queries as tenant_queries
from app.kit import certificates
from app.kit.work import Works


@pytest.fixture
async def other_tenant(works: Works) -> Any:
    """A tenant beside the one under test."""
    async with works.begin() as work:
        return await tenants.create(work, "Other school", test=True, allow_private=True)


@pytest.fixture
async def tls_receiver(tmp_path: Path) -> AsyncIterator[str]:
    """The https URL of a server with a certificate of an authority of its own."""
    now = datetime.now(UTC)
    authority = certificates.new_authority(["localhost"], now)
    pair = certificates.issue(authority, ["localhost"], now)
    (tmp_path / "both.pem").write_bytes(pair.certificate + pair.key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "both.pem")
    runner = web.AppRunner(web.Application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    yield f"https://localhost:{port}/"
    await runner.cleanup()


async def program_of(works: Works, client: httpx.AsyncClient, tenant_id: str) -> Program:
    async with works.begin() as work:
        credential = await tenant_queries.credential(work, tenant_id, "learncube")
    return Program(client, credential.public_id, credential.secret)


@pytest.fixture
async def program(works: Works, client: httpx.AsyncClient, tenant: Any) -> Program:
    """A program with the tenant's key pair."""
    return await program_of(works, client, tenant.tenant_id)


@pytest.fixture
async def other_program(works: Works, client: httpx.AsyncClient, other_tenant: Any) -> Program:
    """The same of another tenant."""
    return await program_of(works, client, other_tenant.tenant_id)
