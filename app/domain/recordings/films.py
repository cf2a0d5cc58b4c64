"""The making of films: claim what is due, let go, film, settle; part by part, so a crash costs one part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, func, select, update

from app.domain.classrooms import queries as rooms
from app.domain.drive import leftovers
from app.domain.drive.leftovers import Upload
from app.domain.recordings.tables import Take, TakeFile
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.intervals import Interval, total
from app.rules.takes import PART, TakePlan, kept

LEASE: Final = timedelta(seconds=30)
"""A part whose maker was killed is made again after this; who makes one extends it again and again."""
RETRY: Final = timedelta(minutes=5)
SHORTEST: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class Job:
    """A part of a film to be made now, by whoever holds this lease."""

    take: Take
    title: str
    timezone: str
    part: int
    start: timedelta
    """Where in the film the part begins."""
    length: timedelta
    last: bool
    until: datetime

    @property
    def plan(self) -> TakePlan:
        """How the film is to look."""
        return self.take.asked

    @property
    def stretches(self) -> list[Interval]:
        """What of the take is in its film."""
        return stretches(self.take)


@dataclass(frozen=True)
class Piece:
    """A finished file of a part: where its bytes are in the store, and how much it shows."""

    upload: Upload
    milliseconds: int
    size: int


def stretches(take: Take) -> list[Interval]:
    """What of a take that is over is in its film. What began and ended at one instant lasts a second."""
    if take.ended_at == take.started_at and not take.asked.held:
        return [Interval(take.started_at, take.started_at + SHORTEST)]
    return kept(Interval(take.started_at, take.ended_at or take.started_at), take.held)


async def claim(work: Work) -> Job | None:
    """Take the next part that is due (of every `tenant_id`); the pushed time is the lease."""
    # Looked for without a lock, and then taken by its tenant: whoever comes second finds it moved.
    due = (
        select(Take)
        .where(Take.film_at <= work.wall)
        .order_by(Take.film_at)
        .limit(at_most(1))
        .execution_options(populate_existing=True)
    )
    while (take := await work.db.scalar(due)) is not None:
        length = total(stretches(take))
        # Where it was held all the time there is nothing to be seen.
        film_at = work.wall + LEASE if length else None
        taken = (
            update(Take)
            .where(
                Take.tenant_id == take.tenant_id, Take.take_id == take.take_id, Take.film_at == take.film_at
            )
            .values(film_at=film_at)
            .returning(Take.take_id)
        )
        if (await work.db.execute(taken)).first() is not None and length:
            return await _claimed(work, take, length)
    return None


async def _claimed(work: Work, take: Take, length: timedelta) -> Job:
    made = await work.db.scalar(
        select(func.max(TakeFile.part)).where(
            TakeFile.tenant_id == take.tenant_id, TakeFile.take_id == take.take_id
        )
    )
    part = 0 if made is None else made + 1
    classroom = await rooms.by_id(work, take.tenant_id, take.classroom_id)
    start = part * PART
    part_length = max(min(PART, length - start), SHORTEST)
    return Job(
        take,
        classroom.title,
        classroom.timezone,
        part,
        start,
        part_length,
        start + PART >= length,
        work.wall + LEASE,
    )


async def extend(work: Work, job: Job) -> Job:
    """The same job for longer. Where it is somebody else's by now, it stays as it was and settles nothing."""
    until = work.wall + LEASE
    mine = await work.db.execute(_mine(job).values(film_at=until).returning(Take.take_id))
    return job if mine.first() is None else replace(job, until=until)


async def uploads(work: Work, job: Job, count: int) -> list[Upload]:
    """Room for the files of a part."""
    return await leftovers.expect_many(work, job.take.tenant_id, count)


async def settle(work: Work, job: Job, pieces: Sequence[Piece]) -> None:
    """The part is in the store. Where somebody else took over meanwhile, its bytes go again."""
    done = _mine(job).values(film_at=None if job.last else work.wall)
    kept_on = await work.db.execute(done.returning(Take.take_id))
    uploaded = [piece.upload for piece in pieces]
    if kept_on.first() is None:
        await leftovers.abandon_all(work, job.take.tenant_id, uploaded)
        return
    await leftovers.keep_all(work, job.take.tenant_id, uploaded)
    work.db.add_all(
        TakeFile(
            tenant_id=job.take.tenant_id,
            file_id=piece.upload.file_id,
            take_id=job.take.take_id,
            part=job.part,
            place=place,
            milliseconds=piece.milliseconds,
            size=piece.size,
        )
        for place, piece in enumerate(pieces)
    )
    await work.db.flush()
    if not job.last:
        work.ring("films")


async def release(work: Work, job: Job, *, at_once: bool) -> None:
    """The part was not made: it is made later, or at once where its maker has to go."""
    await work.db.execute(_mine(job).values(film_at=work.wall if at_once else work.wall + RETRY))


def _mine(job: Job) -> Update:
    """The change of a take, as long as the job is its holder's."""
    return update(Take).where(
        Take.tenant_id == job.take.tenant_id,
        Take.take_id == job.take.take_id,
        Take.film_at == job.until,
    )
