"""The days of the log of attempts: each a partition, made ahead of time, dropped as a whole when it is old.

What comes on a day that nobody made is kept in the rest, and moves over when its day is made.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import text

from app.kit.work import Work

AHEAD: Final = 7
"""Days that are there before they begin: so long may no worker run."""
AT_ONCE: Final = 5000
PATIENCE: Final = "2s"
"""How long writers may be kept waiting; after that it is tried another time."""
# Any number serves, as long as every Homeroom process uses the same.
LOCK: Final = 7_466_767

_NAME: Final = "attempts_%Y%m%d"


async def made(work: Work) -> Sequence[date]:
    """The days that are there, the oldest first."""
    found = await work.db.scalars(
        text(
            "SELECT CAST(substring(relname FROM '^attempts_([0-9]{8})$') AS date) AS day FROM pg_inherits "
            "JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'attempts'::regclass "
            "AND relname ~ '^attempts_[0-9]{8}$' ORDER BY day"
        )
    )
    return found.all()


async def wanted(work: Work, ahead: int = AHEAD) -> list[date]:
    """The days that should be there and are not."""
    there = set(await made(work))
    coming = [work.wall.date() + timedelta(days=number) for number in range(ahead + 1)]
    return [day for day in coming if day not in there]


async def make(work: Work, day: date) -> None:
    """Make a day, unless it is there or another process is at it."""
    if not await _alone(work) or day in await made(work):
        return
    name, following = f"{day:{_NAME}}", day + timedelta(days=1)
    begin, end = f"'{day} 00:00+00'", f"'{following} 00:00+00'"
    # Attaching stops nobody who writes to another day; making it in place would stop all.
    its = f"logged_at >= {begin} AND logged_at < {end}"
    moved = f"DELETE FROM attempts_rest WHERE {its} RETURNING *"  # noqa: S608 - dates of our own making
    for statement in (
        "LOCK TABLE attempts_rest IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE attempts)",
        f"WITH moved AS ({moved}) INSERT INTO {name} SELECT * FROM moved",  # noqa: S608 - same
        f"ALTER TABLE attempts ATTACH PARTITION {name} FOR VALUES FROM ({begin}) TO ({end})",
    ):
        await work.db.execute(text(statement))


async def drop(work: Work, day: date) -> None:
    """Drop a day with all its tries, unless another process is at it."""
    if await _alone(work) and day in await made(work):
        await work.db.execute(text(f"DROP TABLE {day:{_NAME}}"))


async def clear_rest(work: Work, before: datetime) -> int:
    """Remove what came before this on days that nobody made, some of it; how many tries."""
    return await _clear(work, "attempts_rest", datetime.min.replace(tzinfo=UTC), before)


async def clear(work: Work, day: date) -> int:
    """Remove some of a day's tries, where the day cannot be dropped; how many."""
    # By the whole table: rights to it are rights to all its days, whoever made them.
    begin = datetime.combine(day, time.min, UTC)
    return await _clear(work, "attempts", begin, begin + timedelta(days=1))


async def _clear(work: Work, table: str, begin: datetime, end: datetime) -> int:
    key = "tenant_id, delivery_id, attempt_id, logged_at"
    found = f"SELECT {key} FROM {table} WHERE logged_at >= :begin AND logged_at < :end"  # noqa: S608 - names of ours
    held = f"{found} LIMIT :most FOR UPDATE SKIP LOCKED"
    removed = await work.db.execute(
        text(f"DELETE FROM {table} WHERE ({key}) IN ({held}) AND logged_at < :end RETURNING tenant_id"),  # noqa: S608
        {"begin": begin, "end": end, "most": AT_ONCE},
    )
    return len(removed.all())


async def _alone(work: Work) -> bool:
    """Whether no other process changes days until the work ends."""
    await work.db.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    return bool(await work.db.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))
