"""`homeroom serve`: the database, the tables, the development tenant, then the server."""

import asyncio
import socket

import uvicorn

from app import database, storing, tls
from app.bootstrap import TENANT, follow_address, prepare
from app.credentials import Credentials, of_tenant
from app.database import Address, one_work
from app.greeting import print_greeting
from app.kit.answers import Answering
from app.kit.descriptors import raise_limit
from app.kit.sockets import Sockets
from app.main import create_app, look_for_garbage_seldom
from app.settings import Settings


class AnnouncingServer(uvicorn.Server):
    """Greets when it accepts connections, not before: what the greeting offers to paste works at once."""

    def __init__(self, config: uvicorn.Config, settings: Settings, credentials: Credentials | None) -> None:
        super().__init__(config)
        self._settings = settings
        self._credentials = credentials

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            look_for_garbage_seldom()
            print_greeting(self._settings, self._credentials)


def serve(settings: Settings) -> None:
    """Blocks until a signal ends it; everything that was started is stopped then, the last the database."""
    raise_limit()
    certificate = tls.prepare(settings)
    with database.opened(settings) as address:
        database.migrate(address)
        asyncio.run(prepare(settings, address))
        credentials = asyncio.run(_development_credentials(settings, address))
        store = asyncio.run(storing.of_database(settings, address))
        config = uvicorn.Config(
            create_app(settings, address.url, address.dsn, trouble=address.trouble, store=store),
            host=settings.host,
            port=settings.port,
            http=Answering,
            ssl_certfile=certificate.certificate if certificate else None,
            ssl_keyfile=certificate.key if certificate else None,
            # What it would say of each request and socket has their addresses, in which there are links.
            access_log=False,
            log_level="warning",
            log_config=None,
            server_header=False,
            # The server's own reading of proxy headers believes all of loopback; ours is kit/forwarded.py.
            proxy_headers=False,
            # Sockets stay open for hours: on a stop they are closed, and their pages come back later.
            timeout_graceful_shutdown=5,
            ws=Sockets,
            ws_max_size=64 * 1024,
            # Frames are short, and the same for all in a room: each socket would compress them for itself.
            ws_per_message_deflate=False,
        )
        server = AnnouncingServer(config, settings, credentials)
        server.run()
        if not server.started:
            raise SystemExit(1)


async def _development_credentials(settings: Settings, address: Address) -> Credentials | None:
    if not settings.development:
        return None
    await one_work(address, lambda work: follow_address(work, settings.base_url))
    return await one_work(address, lambda work: of_tenant(work, settings, TENANT))
