"""uvicorn's WebSockets, which take many frames at once, each of them put together once for all sockets.

A frame of a server is the same bytes on every socket, as long as nobody compresses. A room that tells the
same to hundreds would else have each frame made, and handed to the system, hundreds of times.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.websockets import WebSocket
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

FRAMES: Final = "homeroom.frames"
"""An extension of ASGI: what a scope offers, and where a message has its frames."""


class Text:
    """A text, and the frame that carries it; that is made when it is first asked for, and then kept."""

    __slots__ = ("_frame", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The frame, head and all."""
        if self._frame is None:
            self._frame = Frame(Opcode.TEXT, self.text.encode()).serialize(mask=False)
        return self._frame


class Sockets(WebSocketsSansIOProtocol):
    """A WebSocket without compression, whose scope offers to take frames."""

    def handle_connect(self, event: Request) -> None:
        """Offer it before the app looks."""
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and not self.conn.extensions:
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), FRAMES: {}}

    async def send(self, message: Any) -> None:
        """Send what a message says; if it has frames, all of them in one go."""
        frames: Sequence[bytes] | None = message.get(FRAMES)
        if frames is None:
            await super().send(message)
            return
        # As uvicorn does for a single one: whoever takes nothing is waited for, whoever is gone is no error.
        await self.writable.wait()
        if self.disconnected or self.conn.state is not State.OPEN:
            raise ClientDisconnected
        self.transport.write(b"".join(frames))


async def send_texts(websocket: WebSocket, texts: Sequence[Text]) -> None:
    """Send these texts, each in a frame of its own; at once, where the server can."""
    if FRAMES in websocket.scope.get("extensions", {}):
        await websocket.send({"type": "websocket.send", FRAMES: [one.frame for one in texts]})
        return
    for one in texts:
        await websocket.send_text(one.text)
