"""Which store of files a database belongs to, and whether its rows and bytes are the same."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.database import Address
from app.domain import drive
from app.domain.drive import FileDraft
from app.domain.drive.tables import Leftover
from app.domain.tenants.tables import Tenant
from app.files_command import findings
from app.kit.accounts import DatabaseTrouble
from app.kit.store import Store
from app.kit.work import Works
from app.settings import Settings
from app.storing import adopt, of_database
from app.workers.sweeper import Sweeper


async def bytes_of(text: bytes) -> AsyncIterator[bytes]:
    yield text


async def added(works: Works, store: Store, tenant: Tenant, text: bytes = b"words") -> str:
    """The key of a new file."""
    async with works.begin() as work:
        upload = await drive.expect(work, tenant.tenant_id)
    await store.put(upload.key, bytes_of(text))
    async with works.begin() as work:
        draft = FileDraft("notes", "text/plain", len(text), None, public=True)
        await drive.add(work, tenant.tenant_id, upload, draft)
    return upload.key


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "elsewhere", work=False)


async def test_a_database_keeps_to_the_store_of_its_first_process(
    settings: Settings, elsewhere: Settings, database: Address
) -> None:
    await of_database(settings, database)
    await of_database(settings, database)
    with pytest.raises(DatabaseTrouble, match="not the store that the files of this database are in"):
        await of_database(elsewhere, database)


async def test_a_worker_with_another_store_removes_nothing(
    settings: Settings, elsewhere: Settings, database: Address, works: Works, tenant: Tenant
) -> None:
    store = await of_database(settings, database)
    key = await added(works, store, tenant)
    async with works.begin() as work:
        await drive.remove(work, tenant.tenant_id, key.split("/")[1])
    other = Store.opened(None, elsewhere.data_dir / "files")
    mark = await store.mark()
    assert mark is not None
    other.expect(mark)
    await Sweeper(works, other).tick()
    assert await store.exists(key)
    async with works.begin() as work:
        assert await work.db.scalar(select(Leftover.file_id).where(Leftover.tenant_id == tenant.tenant_id))


async def test_a_store_without_a_name_and_without_the_files_is_another_one(
    settings: Settings, elsewhere: Settings, database: Address, works: Works, tenant: Tenant
) -> None:
    await added(works, Store.opened(None, settings.data_dir / "files"), tenant)
    with pytest.raises(DatabaseTrouble, match="none of the files"):
        await of_database(elsewhere, database)
    await of_database(settings, database)


async def test_a_store_that_was_emptied_is_refused_until_it_is_adopted(
    settings: Settings, elsewhere: Settings, database: Address
) -> None:
    await of_database(settings, database)
    with pytest.raises(DatabaseTrouble, match="homeroom files adopt"):
        await of_database(elsewhere, database)
    await adopt(elsewhere, database)
    await of_database(elsewhere, database)
    with pytest.raises(DatabaseTrouble):
        await of_database(settings, database)


async def test_a_store_that_is_away_keeps_nobody_from_starting(
    settings: Settings, database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")
    await of_database(settings, database)
    away = "s3://bucket?endpoint=http://127.0.0.1:9&region=eu"
    store = await of_database(settings.model_copy(update={"files_url": away}), database)
    assert store.place == away


async def found(store: Store, works: Works) -> dict[str, Any]:
    return {one.key: one.what async for one in findings(store, works)}


async def test_files_without_bytes_and_bytes_without_files_are_found(
    settings: Settings, database: Address, works: Works, tenant: Tenant
) -> None:
    store = await of_database(settings, database)
    whole, lost, cut = [await added(works, store, tenant) for _ in range(3)]
    assert await found(store, works) == {}
    await store.delete(lost)
    await store.put(cut, bytes_of(b"wor"))
    stray = f"{tenant.tenant_id}/{'a' * 20}"
    for key in (stray, f"gone/{'b' * 20}"):
        await store.put(key, bytes_of(b"stray"))
    async with works.begin() as work:
        coming = await drive.expect(work, tenant.tenant_id)
    await store.put(coming.key, bytes_of(b"coming"))
    assert await found(store, works) == {
        lost: "a file without bytes",
        cut: "3 bytes instead of 5",
        stray: "5 bytes that no file answers for",
        f"gone/{'b' * 20}": "5 bytes that no file answers for",
    }
    assert await store.exists(whole)
