"""A second customer, and a server whose certificate nobody knows."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from app.domain import tenants
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
