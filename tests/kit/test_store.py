"""The store of files: whole objects or none, in a folder and in an object store alike."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.kit.store import Missing, Store, check_url
from app.rules.refusals import BadValue

MEGABYTE = b"0123456789abcdef" * 65536


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store.opened("memory:///" if request.param == "memory" else None, tmp_path / "files")


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def cut_off(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield MEGABYTE
    raise ConnectionError("gone")


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def read(store: Store, key: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await store.read(key, start, end)])


async def test_what_is_put_is_read_in_whole_and_in_part(store: Store) -> None:
    await store.put("t/one", pieces(b"Hello ", b"", b"world"))
    assert await read(store, "t/one", 0, 11) == b"Hello world"
    assert await read(store, "t/one", 6, 9) == b"wor"


async def test_what_is_larger_than_one_part_is_put_whole(store: Store) -> None:
    await store.put("t/large", pieces(*[MEGABYTE] * 12))
    assert len(await read(store, "t/large", 0, 12 * len(MEGABYTE))) == 12 * len(MEGABYTE)
    assert await read(store, "t/large", 6 * len(MEGABYTE) - 2, 6 * len(MEGABYTE) + 2) == b"ef01"


@pytest.mark.parametrize("megabytes", [0, 1, 12])
async def test_what_is_cut_off_leaves_nothing(store: Store, tmp_path: Path, megabytes: int) -> None:
    with pytest.raises(ConnectionError):
        await store.put("t/cut", cut_off(megabytes))
    assert not await store.exists("t/cut")
    assert files_below(tmp_path) == []


async def test_a_cancelled_upload_leaves_nothing(store: Store, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield MEGABYTE
            begun.set()
            await asyncio.Event().wait()

    putting = asyncio.create_task(store.put("t/cut", endless()))
    await begun.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert not await store.exists("t/cut")


async def test_deleting_what_is_not_there_changes_nothing(store: Store) -> None:
    await store.put("t/one", pieces(b"1"))
    await store.delete("t/two")
    await store.delete("t/one")
    await store.delete("t/one")
    assert not await store.exists("t/one")
    with pytest.raises(Missing):
        await store.read("t/one", 0, 1)


async def test_everything_of_one_folder_is_deleted_and_nothing_else(store: Store) -> None:
    for key in ("t/one", "t/two", "tt/three"):
        await store.put(key, pieces(b"1"))
    await store.delete_all("t")
    await store.delete_all("nobody")
    assert [await store.exists(key) for key in ("t/one", "t/two", "tt/three")] == [False, False, True]


async def test_the_remains_of_a_killed_upload_go_with_the_object(tmp_path: Path) -> None:
    store = Store.opened(None, tmp_path)
    await store.put("t/one", pieces(b"1"))
    (tmp_path / "t" / "one#7").write_bytes(b"half")
    (tmp_path / "t" / "other").write_bytes(b"1")
    await store.delete("t/one")
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["other"]


@pytest.mark.parametrize(
    "url", ["s3://bucket", "s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=eu", "memory:///"]
)
def test_addresses_of_stores_are_taken(url: str, tmp_path: Path) -> None:
    check_url(url)
    Store.opened(url, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "/var/files",
        "https://bucket.example",
        "s3:///prefix",
        "s3://bucket?aws_secret_access_key=1",
        "ftp://x",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BadValue):
        check_url(url)
