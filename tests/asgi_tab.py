"""A tab that speaks to the app itself, without a network between: for tests that count what it sets off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from app.kit import loops

PATIENCE = 10.0


class AsgiTab:
    """One tab's ends of its socket."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent.put_nowait({"type": "websocket.connect"})

    def send(self, **message: Any) -> None:
        self.sent.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def heard(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""

        async def search() -> dict[str, Any]:
            while True:
                frame = await self.got.get()
                assert frame["type"] != "websocket.close", frame
                message: dict[str, Any] = json.loads(frame["text"]) if "text" in frame else {}
                if message.get("type") == kind:
                    return message

        return await loops.within(PATIENCE, search())


@asynccontextmanager
async def tab(app: FastAPI, tenant_id: str, link: str, called: str, **more: str) -> AsyncIterator[AsgiTab]:
    """A tab that said hello; it goes away with the block."""
    one = AsgiTab()
    path = f"/_/room/{tenant_id}/{link}/socket"
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"homeroom.test"), (b"user-agent", b"Browser")],
        "client": ("192.0.2.1", 4000),
        "server": ("homeroom.test", 80),
        "subprotocols": [],
        "state": {},
    }
    socket = asyncio.create_task(app(scope, one.sent.get, one.got.put))
    one.send(type="hello", v=1, tab=called, **more)
    try:
        yield one
    finally:
        one.sent.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await loops.within(PATIENCE, socket)
