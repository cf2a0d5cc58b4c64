"""Which processes send: each holds a lock in a session of its own, and PostgreSQL drops it with the session.

So it shows within a second that a process was killed, and what it had leased goes on at once. Where a session
is not a process's own (behind some poolers), leases run out as they do of a machine that lost its power.
"""

import secrets
from typing import TYPE_CHECKING, Final

from app.kit import statements
from app.kit.work import Work

if TYPE_CHECKING:
    import asyncpg

# Any number serves, as long as every Homeroom process uses the same.
LOCK: Final = 7_466_768
NUMBERS: Final = 2**31


async def enlist(session: "asyncpg.Connection") -> int:
    """Take a number that no other sender has or had, held by this session's lock as long as it lasts."""
    while True:
        number = secrets.randbelow(NUMBERS)
        # The lock comes first: a number that stands in the table without one is that of a dead sender.
        await session.execute("SELECT pg_advisory_lock($1, $2)", LOCK, number)
        if await session.fetchval(
            "INSERT INTO senders (number) VALUES ($1) ON CONFLICT DO NOTHING RETURNING number", number
        ):
            return number
        await session.execute("SELECT pg_advisory_unlock($1, $2)", LOCK, number)


async def dead(session: "asyncpg.Connection", number: int) -> list[int]:
    """The numbers, other than one's own, that nobody holds any more."""
    found = await session.fetch(
        "SELECT number FROM senders WHERE number <> $2 AND pg_try_advisory_xact_lock($1, number)",
        LOCK,
        number,
    )
    return [row["number"] for row in found]


async def free(work: Work, numbers: list[int]) -> int:
    """Let anybody claim what these had leased; how many lanes of whichever `tenant_id`."""
    freed = await statements.rows(work, _FREE, numbers)
    # A number goes when nothing is left of it: rows that somebody held are freed the next time.
    await statements.rows(work, _FORGET, numbers)
    if freed:
        work.ring("outbox")
    return len(freed)


_FREE: Final = """
WITH held AS (
    SELECT lanes.tenant_id, lanes.subscription_id, lanes.lane_key FROM lanes
    WHERE lanes.due_at IS NOT NULL AND lanes.leased_until IS NOT NULL AND lanes.leased_by = ANY ($1::int[])
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE lanes SET leased_until = NULL, leased_by = NULL
FROM held
WHERE lanes.tenant_id = held.tenant_id AND lanes.subscription_id = held.subscription_id
    AND lanes.lane_key = held.lane_key
RETURNING lanes.tenant_id
"""

_FORGET: Final = """
DELETE FROM senders WHERE number = ANY ($1::int[]) AND number NOT IN (
    SELECT lanes.leased_by FROM lanes
    WHERE lanes.due_at IS NOT NULL AND lanes.leased_until IS NOT NULL AND lanes.leased_by = ANY ($1::int[])
)
"""
