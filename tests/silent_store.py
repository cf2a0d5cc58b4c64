"""A stand-in for an S3-compatible store that answers as one does that cannot serve."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Answer = Callable[[str], bytes | None]
"""What is written for a request line; None: nothing, and the connection stays open."""


def refused(status: str, code: str) -> bytes:
    """An error as S3 words it."""
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>m</Message></Error>'.encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def begun(length: int, given: bytes) -> bytes:
    """An object of so many bytes, of which only the first come."""
    head = (
        f'HTTP/1.1 206 Partial Content\r\ncontent-length: {length}\r\netag: "1"\r\n'
        f"content-range: bytes 0-{length - 1}/{length}\r\n"
        "last-modified: Wed, 12 Oct 2022 10:00:00 GMT\r\n\r\n"
    )
    return head.encode() + given


@asynccontextmanager
async def standing_in(answer: Answer) -> AsyncIterator[str]:
    """The URL of a bucket in it."""
    held: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                said = answer(head.decode().splitlines()[0])
                if said is None:
                    await asyncio.Event().wait()
                else:
                    writer.write(said)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"s3://bucket/prefix?endpoint=http://127.0.0.1:{port}&region=eu"
    finally:
        for task in held:
            task.cancel()
        server.close()
