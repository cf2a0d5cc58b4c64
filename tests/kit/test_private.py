"""What lies in the data directory is nobody else's to read."""

import os
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.kit.private import close_off, keep_private
from app.kit.store import Store


def modes(folder: Path) -> set[str]:
    """The permissions of a folder and of all that lies in it."""
    paths = [folder, *folder.rglob("*")]
    return {stat.filemode(path.lstat().st_mode) for path in paths if not path.is_symlink()}


async def one(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_files_are_kept_where_nobody_else_can_look(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir(mode=0o755)
    (folder / "tenant").mkdir(mode=0o755)
    (folder / "tenant" / "worksheet").write_bytes(b"from an earlier version")
    (folder / "tenant" / "worksheet").chmod(0o644)
    await Store.opened(None, folder).put("tenant/new", one(b"x"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "tenant").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "tenant" / "worksheet").stat().st_mode) == 0o600


def test_no_link_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("of others")
    outside.chmod(0o644)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    close_off(folder)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


@pytest.fixture
def usual() -> Iterator[None]:
    """A process as most systems start it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual")
def test_what_a_process_makes_later_is_private_too(tmp_path: Path) -> None:
    keep_private()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "file").write_text("")
    assert modes(tmp_path / "new") == {"drwx------", "-rw-------"}
