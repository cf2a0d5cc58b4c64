"""Works that would make the same thing take turns: the first makes it, the others find it."""

from sqlalchemy import func, select

from app.kit.work import Work


async def take_turn(work: Work, thing: str) -> None:
    """Wait until no other work, of whichever process, has its turn at this thing; ours ends with the work."""
    await work.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(thing, 0))))
