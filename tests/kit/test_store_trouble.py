"""A store that cannot serve: what it cannot do now is no fault and no lost file, and is soon told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from common import free_port
from silent_store import begun, refused, standing_in

from app.kit.store import Missing, Store, StoreMisset, StoreUnavailable


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def everything(store: Store) -> None:
    """Read, write and remove, each of which has to fail with the same."""
    errors = []
    for asked in (
        store.read("t/one", 0, 1),
        store.put("t/one", pieces(b"1")),
        store.delete("t/one"),
        store.exists("t/one"),
        store.mark(),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            await asked
        errors.append(caught.value)
    raise errors[0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refused("404 Not Found", "NoSuchBucket"), "no such bucket"),
        (refused("403 Forbidden", "AccessDenied"), "keys"),
        (refused("401 Unauthorized", "Unauthorized"), "keys"),
    ],
)
async def test_a_wrong_setting_is_told_as_one(answer: bytes, why: str, tmp_path: Path) -> None:
    async with standing_in(lambda _: answer) as url:
        with pytest.raises(StoreMisset, match=why):
            await everything(Store.opened(url, tmp_path))


async def test_a_store_that_fails_is_unavailable(tmp_path: Path) -> None:
    async with standing_in(lambda _: refused("503 Service Unavailable", "SlowDown")) as url:
        with pytest.raises(StoreUnavailable):
            await Store.opened(url, tmp_path).read("t/one", 0, 1)


async def test_a_store_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    url = f"s3://bucket?endpoint=http://127.0.0.1:{free_port()}&region=eu"
    with pytest.raises(StoreUnavailable):
        await Store.opened(url, tmp_path).read("t/one", 0, 1)


async def test_a_silent_store_is_given_up(tmp_path: Path) -> None:
    async with standing_in(lambda _: None) as url:
        with pytest.raises(StoreUnavailable, match=r"nothing for 0\.2 s"):
            await everything(Store.opened(url, tmp_path, silence=0.2))


async def test_a_read_that_stops_in_the_middle_ends(tmp_path: Path) -> None:
    async with standing_in(lambda _: begun(1_000_000, b"x" * 300_000)) as url:
        chunks = await Store.opened(url, tmp_path, silence=0.3).read("t/one", 0, 1_000_000)
        with pytest.raises(StoreUnavailable, match="nothing"):
            [chunk async for chunk in chunks]


async def test_a_sender_who_takes_long_is_no_silent_store(tmp_path: Path) -> None:
    store = Store.opened(None, tmp_path / "files", silence=0.1)
    more = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"1"
        asyncio.get_running_loop().call_later(0.4, more.set)
        await more.wait()
        yield b"2"

    await store.put("t/one", slow())
    assert await store.exists("t/one")


async def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    async with standing_in(lambda _: refused("404 Not Found", "NoSuchKey")) as url:
        store = Store.opened(url, tmp_path)
        with pytest.raises(Missing):
            await store.read("t/one", 0, 1)
        assert not await store.exists("t/one")


async def test_nothing_is_done_in_a_store_that_is_another_one(tmp_path: Path) -> None:
    store = Store.opened(None, tmp_path / "files")
    await store.put("t/one", pieces(b"1"))
    await store.write_mark("this one")
    store.expect("the other")
    for asked in (
        store.read("t/one", 0, 1),
        store.put("t/two", pieces(b"1")),
        store.delete("t/one"),
        store.delete_all("t"),
    ):
        with pytest.raises(StoreMisset, match="not the store"):
            await asked
    store.expect("this one")
    assert [await store.exists(key) for key in ("t/one", "t/two")] == [True, False]


async def test_a_folder_that_is_gone_has_lost_no_file(tmp_path: Path) -> None:
    store = Store.opened(None, tmp_path / "files")
    await store.write_mark("this one")
    store.expect("this one")
    with pytest.raises(Missing):
        await store.read("t/one", 0, 1)
    (tmp_path / "files" / "homeroom-store").unlink()
    with pytest.raises(StoreMisset):
        await store.read("t/one", 0, 1)
