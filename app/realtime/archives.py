"""The archives of recordings that were asked for: packed once, a few at a time, kept on disk for the next."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.domain.recordings import archive, queries
from app.domain.recordings.queries import Opened, Shown
from app.kit.work import Works

AT_ONCE: Final = 2
"""So many are packed at once; packing keeps a core busy, which the rooms need too."""
KEPT: Final = 1_000_000_000
"""Bytes of archives that are kept; those that nobody asked for longest go first."""
LATEST: Final = 16
"""So many stay whatever they hold: they may be under way to somebody."""


class Archives:
    """Packs outside of any request: whoever waits holds no connection of the database, and may go away."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._making: dict[str, asyncio.Task[Path]] = {}
        self._folder: Path | None = None

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep what is made, for as long as the block lasts."""
        with TemporaryDirectory(prefix="homeroom-archives-", ignore_cleanup_errors=True) as folder:
            self._folder = Path(folder)
            try:
                yield
            finally:
                making = list(self._making.values())
                for task in making:
                    task.cancel()
                await asyncio.gather(*making, return_exceptions=True)

    async def of(self, opened: Opened) -> Path:
        """The archive of a recording as it is now: without whoever was erased since one was made."""
        async with self._works.begin(opened.tenant.tenant_id) as work:
            said = await queries.fingerprint(work, opened.recording)
        names = (opened.tenant.tenant_id, opened.recording.recording_id, opened.classroom.title, said)
        name = hashlib.sha256("\n".join(names).encode()).hexdigest()
        task = self._making.get(name)
        if task is None:
            assert self._folder is not None, "it is used within `kept`"  # noqa: S101 - a promise of ours
            path = self._folder / f"{name}.zip"
            if path.exists():
                os.utime(path)
                return path
            task = self._making[name] = asyncio.create_task(self._make(opened, path))
            task.add_done_callback(lambda _: self._making.pop(name, None))
        # Who goes away takes nothing from those who still wait.
        return await asyncio.shield(task)

    async def _make(self, opened: Opened, path: Path) -> Path:
        draft = path.with_suffix(".draft")

        async def page(after: int) -> list[Shown]:
            async with self._works.begin(opened.tenant.tenant_id) as work:
                return await queries.page(work, opened.recording, after)

        try:
            async with self._turns:
                await archive.make(page, opened.recording, opened.classroom.title, draft)
            await asyncio.to_thread(draft.replace, path)
        finally:
            draft.unlink(missing_ok=True)
        await asyncio.to_thread(_make_room, path.parent)
        return path


def _make_room(folder: Path) -> None:
    """Remove what was asked for longest ago until the rest is small enough."""
    found = sorted(
        ((state.st_mtime, state.st_size, path) for path in folder.glob("*.zip") for state in [path.stat()]),
        reverse=True,
    )
    size = 0
    for place, (_, bytes_, path) in enumerate(found):
        size += bytes_
        if size > KEPT and place >= LATEST:
            path.unlink(missing_ok=True)
