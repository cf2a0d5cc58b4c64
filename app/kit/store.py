"""Where the bytes of files are kept: a folder of this machine, or any S3-compatible store.

An object is written whole or not at all, and streamed both ways: never is a whole file in memory.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from app.kit.private import close_off
from app.rules.refusals import BadValue

OPTIONS: Final = ("endpoint", "region", "virtual_hosted_style_request")
"""What a URL may say; credentials come from the environment, so that no log shows them."""

PART: Final = 5 * 1024 * 1024
"""The smallest part that S3 takes."""
PARTS_AT_ONCE: Final = 2
CHUNK: Final = 256 * 1024


class Missing(Exception):  # noqa: N818 - an answer, not an error of the program
    """The store has no such object."""


@dataclass(frozen=True)
class Stored:
    """An object with what people call it; its bytes never change, so its id can serve as a tag of them."""

    file_id: str
    key: str
    title: str
    content_type: str
    size: int


class Store:
    """Objects by key. A key is of our own making, never of people's names."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        self._objects = objects
        self._folder = folder

    @classmethod
    def opened(cls, url: str | None, folder: Path) -> "Store":
        """The store at a URL (`s3://bucket/prefix?endpoint=https://…`, `memory:///`), else the folder."""
        if url is None:
            close_off(folder)
            return cls(LocalStore(folder), folder)
        if url.startswith("memory:"):
            return cls(MemoryStore())
        return cls(_s3(url))

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Write an object from what the iterator yields; when that raises, nothing is left."""
        # Multipart in any case: an object that is cut off never becomes visible, on disk neither.
        await obstore.put_async(
            self._objects, key, chunks, use_multipart=True, chunk_size=PART, max_concurrency=PARTS_AT_ONCE
        )

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of an object from `start` up to, but without, `end`; Missing where there is none."""
        try:
            found = await obstore.get_async(self._objects, key, options={"range": (start, end)})
        except FileNotFoundError:
            raise Missing(key) from None
        return aiter(found.stream(min_chunk_size=CHUNK))

    async def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            await obstore.head_async(self._objects, key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove an object and what a killed process left of it; nothing happens where there is none."""
        if self._folder is not None:
            await asyncio.to_thread(_unlink, self._folder / key)
            return
        try:
            await obstore.delete_async(self._objects, key)
        except FileNotFoundError:
            return

    async def delete_all(self, folder: str) -> None:
        """Remove all objects whose keys begin with this part."""
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder / folder, ignore_errors=True)
            return
        async for batch in obstore.list(self._objects, f"{folder}/"):
            await obstore.delete_async(self._objects, [found["path"] for found in batch])


def check_url(url: str) -> None:
    """BadValue when this is not the address of a store."""
    if url.startswith("memory:"):
        return
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise BadValue("files_url", "has to look like s3://bucket/prefix?endpoint=https://store.example")
    for name, _ in parse_qsl(parts.query):
        if name not in OPTIONS:
            raise BadValue("files_url", f"may say {', '.join(OPTIONS)}, not {name}; keys go into AWS_*")


def _s3(url: str) -> S3Store:
    check_url(url)
    parts = urlsplit(url)
    config: Any = dict(parse_qsl(parts.query))
    plain = config.get("endpoint", "").startswith("http://")
    return S3Store.from_url(
        f"s3://{parts.netloc}{parts.path}",
        config=config,
        # The timeout is that of a whole transfer, however large the file.
        client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "1h"},
    )


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    # A local write that was killed leaves its unfinished copy under the key, `#` and a number.
    for remains in path.parent.glob(f"{path.name}#*"):
        remains.unlink(missing_ok=True)
