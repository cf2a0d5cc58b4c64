"""Tabs in a room of a running server, for tests with an event loop."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.bootstrap import TENANT
from app.kit import loops

PATIENCE = 10.0


class Client:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.welcome: dict[str, Any] = {}

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def heard(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""

        async def search() -> dict[str, Any]:
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                if message["type"] == kind:
                    return message

        return await loops.within(PATIENCE, search())

    async def close_code(self) -> int | None:
        """How the server closes."""

        async def drain() -> None:
            while True:
                await self.socket.recv()

        with pytest.raises(ConnectionClosed):
            await loops.within(PATIENCE, drain())
        return self.socket.close_code


def address(server: Any, link: str) -> str:
    return f"{server.base_url.replace('http', 'ws', 1)}/_/room/{TENANT}/{link}/socket"


@asynccontextmanager
async def knocking(server: Any, link: str) -> AsyncIterator[Client]:
    """A tab that said nothing yet."""
    async with connect(address(server, link)) as socket:
        yield Client(socket)


@asynccontextmanager
async def joined(server: Any, link: str, tab: str = "tab", **more: str) -> AsyncIterator[Client]:
    async with knocking(server, link) as client:
        await client.send(type="hello", v=1, tab=tab, **more)
        client.welcome = await client.heard("welcome")
        yield client
