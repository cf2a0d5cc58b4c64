"""A person at a tab, for tests that stand outside the server's event loop."""

import json
from contextlib import ExitStack
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.bootstrap import TENANT

PATIENCE = 15.0


class Person:
    """One tab in the room that the link leads to."""

    def __init__(self, base_url: str, link: str, tab: str, tenant_id: str = TENANT) -> None:
        self.address = f"{base_url.replace('http', 'ws', 1)}/_/room/{tenant_id}/{link}/socket"
        self.tab = tab
        self.welcome: dict[str, Any] = {}
        self._socket: ClientConnection | None = None
        self._open = ExitStack()

    def enter(self) -> Self:
        """Connect, or connect again as the same tab."""
        self._socket = self._open.enter_context(connect(self.address, proxy=None, max_queue=None))
        self.send("hello", v=1, tab=self.tab)
        self.welcome = self.heard("welcome")
        return self

    def send(self, kind: str, **values: Any) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps({"type": kind, **values}))

    def heard(self, kind: str) -> dict[str, Any]:
        """The next message of this kind."""
        assert self._socket is not None
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(PATIENCE))
            if message["type"] == kind:
                return message

    def closed(self) -> int:
        """Wait until the server has let go; its close code."""
        assert self._socket is not None
        while True:
            try:
                self._socket.recv(PATIENCE)
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006

    def gone(self) -> None:
        """Let go of a socket, whatever has become of the other end."""
        self._open.close()
        self._socket = None

    def __enter__(self) -> Self:
        return self.enter()

    def __exit__(self, *_: object) -> None:
        self.gone()
