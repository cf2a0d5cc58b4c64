"""Where the bytes of files are kept: a folder of this machine, or any S3-compatible store.

An object is written whole or not at all, and streamed both ways: never is a whole file in memory. What the
store cannot do now, whatever the reason, is StoreUnavailable: no fault of the program, and no lost file.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from app.kit import loops
from app.kit.private import close_off
from app.rules.refusals import BadValue

T = TypeVar("T")

OPTIONS: Final = ("endpoint", "region", "virtual_hosted_style_request")
"""What a URL may say; credentials come from the environment, so that no log shows them."""

PART: Final = 5 * 1024 * 1024
"""The smallest part that S3 takes."""
PARTS_AT_ONCE: Final = 2
CHUNK: Final = 256 * 1024
SILENCE: Final = 30.0
"""Seconds for which a store may neither give nor take a byte."""
RETRIES: Final = 3
MARK: Final = "homeroom-store"
"""The key of the object that says which store this is; no tenant's folder is called so."""
NO_KEYS: Final = (PermissionDeniedError, UnauthenticatedError, PermissionError)


class Missing(Exception):  # noqa: N818 - an answer, not an error of the program
    """The store has no such object."""


class StoreUnavailable(Exception):  # noqa: N818 - what stands in the way, and no fault
    """The store cannot be used now; the same call may succeed when its operator has seen to it."""

    lasting = False
    """Whether it will not pass by itself: settings are wrong."""


class StoreMisset(StoreUnavailable):
    """There is no such bucket, the keys are refused, or it is not the store that the database belongs to."""

    lasting = True


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

    def __init__(
        self, objects: ObjectStore, folder: Path | None = None, *, place: str = "", silence: float = SILENCE
    ) -> None:
        self._objects = objects
        self._folder = folder
        self._silence = silence
        self._expected: str | None = None
        self._verified = False
        self.place = place or "the memory of this process"
        """Where it is, in words."""
        self.lasts = not isinstance(objects, MemoryStore)
        """Whether what is put outlives the process."""

    @classmethod
    def opened(cls, url: str | None, folder: Path, *, silence: float = SILENCE) -> "Store":
        """The store at a URL (`s3://bucket/prefix?endpoint=https://…`, `memory:///`), else the folder."""
        if url is None:
            close_off(folder)
            place = f"the folder {folder.resolve()}"
            return cls(LocalStore(folder), folder, place=place, silence=silence)
        if url.startswith("memory:"):
            return cls(MemoryStore())
        return cls(_s3(url), place=url, silence=silence)

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Write an object from what the iterator yields; when that raises, nothing is left."""
        await self._verify()
        await self._put(key, chunks)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of an object from `start` up to, but without, `end`; Missing where there is none."""
        await self._verify()
        try:
            found = await self._answered(
                obstore.get_async(self._objects, key, options={"range": (start, end)})
            )
        except Missing:
            # Of a store that is another one, or empty because its disk is not mounted, nothing is lost.
            self._verified = False
            await self._verify()
            raise
        return self._pieces(aiter(found.stream(min_chunk_size=CHUNK)))

    async def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            # Not by HEAD: its answer has no room for the word that there is no such bucket.
            await self._answered(obstore.get_async(self._objects, key, options={"range": (0, 1)}))
        except Missing:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove an object and what a killed process left of it; nothing happens where there is none."""
        await self._verify()
        if self._folder is not None:
            await asyncio.to_thread(_unlink, self._folder / key)
            return
        try:
            await self._answered(obstore.delete_async(self._objects, key))
        except Missing:
            return

    async def delete_all(self, folder: str) -> None:
        """Remove all objects whose keys begin with this part."""
        await self._verify()
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder / folder, ignore_errors=True)
            return
        async for batch in self.listed(folder):
            await self._answered(obstore.delete_async(self._objects, [key for key, _ in batch]))

    async def listed(self, folder: str) -> AsyncIterator[list[tuple[str, int]]]:
        """The keys and sizes of all objects whose keys begin with this part, some at a time."""
        batches = aiter(obstore.list(self._objects, f"{folder}/"))
        while (batch := await self._answered(anext(batches, None))) is not None:
            yield [(found["path"], found["size"]) for found in batch]

    async def folders(self) -> list[str]:
        """The first parts of all keys."""
        found = await self._answered(obstore.list_with_delimiter_async(self._objects))
        return [str(one) for one in found["common_prefixes"]]

    async def mark(self) -> str | None:
        """The name that this store was given; None where it has none yet."""
        try:
            found = await self._answered(obstore.get_async(self._objects, MARK))
            return bytes(await self._answered(found.bytes_async())).decode(errors="replace")
        except Missing:
            return None

    async def write_mark(self, name: str) -> None:
        """Give the store a name."""

        async def written() -> AsyncIterator[bytes]:
            yield name.encode()

        await self._put(MARK, written())

    def expect(self, mark: str) -> None:
        """From now on nothing is read, written or removed unless this is the store of that name."""
        self._expected, self._verified = mark, False

    async def verify(self) -> None:
        """StoreUnavailable unless this is, now, the store that is expected."""
        self._verified = False
        await self._verify()

    async def _verify(self) -> None:
        if self._verified or self._expected is None:
            return
        if await self.mark() != self._expected:
            raise StoreMisset(f"{self.place} is not the store that the files of this database are in")
        self._verified = True

    async def _put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        feed = _Feed(chunks)
        # Multipart in any case: an object that is cut off never becomes visible, on disk neither.
        writing = asyncio.ensure_future(
            obstore.put_async(
                self._objects, key, feed, use_multipart=True, chunk_size=PART, max_concurrency=PARTS_AT_ONCE
            )
        )
        try:
            while not writing.done():
                await asyncio.wait([writing], timeout=self._silence - feed.unasked())
                if feed.unasked() >= self._silence:
                    break
            if not writing.done():
                silent = StoreUnavailable(f"{self.place} took nothing for {self._silence:g} s")
            else:
                silent = None
                await writing
        except Exception as error:
            if feed.failure is not None:
                raise feed.failure from None
            if isinstance(error, (BaseError, OSError)):
                raise self._trouble(error) from error
            raise
        finally:
            writing.cancel()
        if silent is not None:
            raise silent

    async def _answered(self, asked: Awaitable[T]) -> T:
        """What the store says; Missing, or StoreUnavailable."""
        try:
            return await loops.within(self._silence, asked)
        except TimeoutError:
            raise StoreUnavailable(f"{self.place} said nothing for {self._silence:g} s") from None
        except (FileNotFoundError, NotFoundError) as error:
            if "NoSuchBucket" in str(error):
                raise self._trouble(error) from error
            raise Missing from error
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    async def _pieces(self, stream: AsyncIterator[Any]) -> AsyncIterator[bytes]:
        while (piece := await self._answered(anext(stream, None))) is not None:
            yield piece

    def _trouble(self, error: BaseException) -> StoreUnavailable:
        """Why not, without what the store answered: that may hold addresses and keys."""
        if "NoSuchBucket" in str(error):
            return StoreMisset(f"{self.place}: there is no such bucket")
        if isinstance(error, NO_KEYS):
            return StoreMisset(f"{self.place} does not accept the keys of this process, or lacks rights")
        reason = str(error).splitlines()[0][:200] if self._folder is not None else type(error).__name__
        return StoreUnavailable(f"{self.place} cannot be used: {reason}")


class _Feed:
    """Passes on what comes in, and knows how long the store has not asked for more."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._given_at: float | None = monotonic()
        self.failure: Exception | None = None
        """What the sender raised, which is none of the store's."""

    def __aiter__(self) -> "_Feed":
        return self

    async def __anext__(self) -> bytes:
        self._given_at = None
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            raise
        except Exception as failure:
            self.failure = failure
            raise
        finally:
            self._given_at = monotonic()

    def unasked(self) -> float:
        """Seconds since the store got something and asked for nothing; 0 while it waits for the sender."""
        return 0.0 if self._given_at is None else monotonic() - self._given_at


def check_url(url: str) -> None:
    """BadValue when this is not the address of a store."""
    if url.startswith("memory:"):
        return
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise BadValue("files_url", "has to look like s3://bucket/prefix?endpoint=https://store.example")
    if "@" in parts.netloc:
        raise BadValue("files_url", "may not hold keys; they go into AWS_*")
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
        client_options={"allow_http": plain, "connect_timeout": "5s", "timeout": "1h"},
        # Somebody waits: a store that is away is told within seconds.
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=10)},
    )


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    # A local write that was killed leaves its unfinished copy under the key, `#` and a number.
    for remains in path.parent.glob(f"{path.name}#*"):
        remains.unlink(missing_ok=True)
