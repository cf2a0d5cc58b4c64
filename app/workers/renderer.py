"""Has the films of takes made: claim a part, let go, have another process film it, store it, settle."""

import asyncio
import contextlib
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from app.domain.recordings import films, take_queries
from app.domain.recordings.films import Job, Piece
from app.domain.recordings.queries import Shown
from app.kit import loops
from app.kit.store import CHUNK, Store, StoreUnavailable
from app.kit.work import Works
from app.workers.filming import END, Wish

KEEP_EVERY: Final = films.LEASE.total_seconds() / 3

log = logging.getLogger(__name__)


class Renderer:
    """Makes what is due, one part at a time: pictures are the work of a whole processor."""

    def __init__(self, works: Works, store: Store, font: str = "") -> None:
        self._works = works
        self._store = store
        self._font = font
        self._crew: Crew | None = None
        self._stopping = False

    async def tick(self) -> int:
        """Make what is due; how many parts were tried."""
        tried = 0
        while not self._stopping:
            async with self._works.begin() as work:
                job = await films.claim(work)
            if job is None:
                break
            tried += 1
            await self._try(job)
        return tried

    async def stop(self) -> None:
        """Give up the part that is being made; it is made again."""
        self._stopping = True
        if self._crew is not None:
            await asyncio.to_thread(self._crew.dismiss)

    async def _try(self, job: Job) -> None:
        done = asyncio.Event()
        keeping = asyncio.create_task(self._keep(job, done))
        pieces: list[Piece] | None = None
        try:
            pieces = await self._make(job)
        except StoreUnavailable as error:
            log.warning("part %s of take %s is filmed again later: %s", job.part, job.take.take_id, error)
        except Exception:
            if not self._stopping:
                log.exception("part %s of take %s could not be filmed", job.part, job.take.take_id)
        finally:
            done.set()
            job = await keeping
        async with self._works.begin() as work:
            if pieces is None:
                await films.release(work, job, at_once=self._stopping)
            else:
                await films.settle(work, job, pieces)

    async def _keep(self, job: Job, done: asyncio.Event) -> Job:
        """Hold on to a job that takes longer than its lease."""
        while not await loops.woken(done, KEEP_EVERY):
            async with self._works.begin() as work:
                job = await films.extend(work, job)
        return job

    async def _make(self, job: Job) -> list[Piece]:
        self._crew = crew = await asyncio.to_thread(Crew, _wish(job, self._font))
        try:
            await self._tell(crew, job)
            folder, made = await asyncio.to_thread(crew.finish)
            return await self._store_all(job, folder, made)
        finally:
            await asyncio.to_thread(crew.bury)
            self._crew = None

    async def _tell(self, crew: "Crew", job: Job) -> None:
        """Page by page, each a work of its own: the process reads as fast as it paints."""
        after: int | None = 0
        while after is not None:
            async with self._works.begin() as work:
                found = await take_queries.happened(work, job.take, after)
            await asyncio.to_thread(crew.feed, "".join(map(_line, found.shown)))
            after = found.after

    async def _store_all(self, job: Job, folder: Path, made: list[dict[str, Any]]) -> list[Piece]:
        async with self._works.begin() as work:
            uploads = await films.uploads(work, job, len(made))
        pieces = []
        for upload, one in zip(uploads, made, strict=True):
            path = folder / one["name"]
            size = (await asyncio.to_thread(path.stat)).st_size
            await self._store.put(upload.key, _chunks(path))
            pieces.append(Piece(upload, one["milliseconds"], size))
        return pieces


class Crew:
    """The process that films; every call waits for it, so each is made in a thread."""

    def __init__(self, wish: Wish) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.workers.filming"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.feed(wish.line())

    def feed(self, lines: str) -> None:
        """Tell it what happened."""
        if self._process.stdin is None:
            raise RuntimeError("the process has no input")
        self._process.stdin.write(lines)

    def finish(self) -> tuple[Path, list[dict[str, Any]]]:
        """There is no more: where the files are, and which."""
        self.feed(f"{END}\n")
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process has no input or output")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process ended with {self._process.wait()}")
        made = json.loads(answer)
        return Path(made["folder"]), made["pieces"]

    def dismiss(self) -> None:
        """It goes, wherever it is, and takes its files along."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def bury(self) -> None:
        """Wait until it is gone."""
        self.dismiss()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _wish(job: Job, font: str) -> Wish:
    plan = job.plan
    return Wish(
        title=job.title,
        timezone=job.timezone,
        font=font,
        in_pieces=plan.form == "stream",
        width=plan.width,
        height=plan.height,
        fps=plan.fps,
        kilobits=plan.rate,
        audio=plan.audio,
        stretches=[[end.isoformat() for end in stretch] for stretch in job.stretches],
        start_ms=int(job.start.total_seconds() * 1000),
        length_ms=int(job.length.total_seconds() * 1000),
    )


def _line(one: Shown) -> str:
    return json.dumps({"at": one.at.isoformat(), "kind": one.kind, "data": one.data}) + "\n"


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
