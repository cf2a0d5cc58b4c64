"""Many frames at once through a real server, whether it compresses or not."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import uvicorn
from common import free_port
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from waiting import eventually
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.kit import loops
from app.kit.sockets import FRAMES, Sockets, Text, send_texts

# Around the lengths at which the head of a frame grows.
TEXTS = ["", "short", "ä" * 62, "a" * 125, "b" * 126, "€" * 30_000, "c" * 65_535, "d" * 65_536]
PATIENCE = 10.0


class Echo:
    """Sends all texts to whoever asks, and notes what became of it."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.offered: list[bool] = []

    async def serve(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.offered.append(FRAMES in websocket.scope["extensions"])
        texts = [Text(one) for one in TEXTS]
        try:
            while await websocket.receive_text() == "more":
                await send_texts(websocket, texts)
            # Whoever said goodbye is told more all the same, until that fails.
            while True:
                await send_texts(websocket, texts)
                await loops.pause(0)
        except WebSocketDisconnect:
            self.ended.append("disconnected")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@contextmanager
def serving(echo: Echo, *, compressing: bool) -> Iterator[str]:
    port = free_port()
    app = Starlette(routes=[WebSocketRoute("/", echo.serve)])
    running = uvicorn.Server(
        uvicorn.Config(
            app, port=port, log_config=None, ws=Sockets, ws_per_message_deflate=compressing, lifespan="off"
        )
    )
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{port}/"
    finally:
        running.should_exit = True
        thread.join()


@asynccontextmanager
async def knocking(address: str) -> AsyncIterator[ClientConnection]:
    for _ in range(100):
        try:
            async with connect(address, max_queue=None) as socket:
                yield socket
                return
        except ConnectionRefusedError:
            await loops.pause(0.05)


@pytest.mark.parametrize("compressing", [False, True])
async def test_every_text_arrives_in_a_frame_of_its_own(echo: Echo, *, compressing: bool) -> None:
    with serving(echo, compressing=compressing) as address:
        async with knocking(address) as socket:
            for _ in range(2):
                await socket.send("more")
                heard = [await loops.within(PATIENCE, socket.recv()) for _ in TEXTS]
                assert heard == TEXTS
    assert echo.offered == [not compressing]


async def test_whoever_is_gone_is_told_nothing_more(echo: Echo) -> None:
    with serving(echo, compressing=False) as address:
        async with knocking(address) as socket:
            await socket.send("enough")
            await socket.close()
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(drained(socket), PATIENCE)
        eventually(lambda: echo.ended == ["disconnected"], "the server hears of it")


async def drained(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def test_whoever_does_not_speak_websocket_is_refused(echo: Echo) -> None:
    with serving(echo, compressing=False) as address:
        async with knocking(address):
            pass
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.split(":")[-1].strip("/")))
        writer.write(
            b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 7\r\nsec-websocket-key: aG9tZXJvb20tYmVuY2gtMQ==\r\n\r\n"
        )
        answer = await loops.within(PATIENCE, reader.read())
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
