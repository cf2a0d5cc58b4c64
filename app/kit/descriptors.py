"""How many files and connections this process may have open, and saying so when they are all taken."""

import asyncio
import contextlib
import errno
import logging
import os
import resource
from collections.abc import AsyncIterator
from typing import Final

from app.kit import loops
from app.kit.seldom import Seldom

log = logging.getLogger(__name__)

ENOUGH: Final = 1_048_576
"""Systems that set no limit do not take "no limit" for one."""
LOOK_EVERY: Final = 5.0
SPARE: Final = 0.9
"""Beyond this share of the limit the operator is told."""
OUT: Final = frozenset({errno.EMFILE, errno.ENFILE})


def raise_limit() -> int:
    """Let this process open as many files and connections as its system allows; how many these are.

    The usual soft limit of 1,024 is one of the days of `select`, and less than a school's sockets need.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return int(soft)
    # macOS names a limit that is higher than what it grants.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[None]:
    """Tell the operator, as long as the block lasts, when there are none left."""
    stop = asyncio.Event()
    task = asyncio.create_task(loops.forever(Watch().tick, asyncio.Event(), stop, LOOK_EVERY))
    try:
        yield
    finally:
        stop.set()
        await task


class Watch:
    """Tells once a minute that descriptors run out: servers wait for one to be free and say nothing."""

    def __init__(self) -> None:
        self._told = Seldom(60)

    async def tick(self) -> int:
        """Look once; never finds more work."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        taken = _taken(limit)
        if (taken is None or taken > limit * SPARE) and self._told.turn() is not None:
            log.error(
                "%s of %s files and connections are open: at the limit nobody can connect any more; "
                "raise it (LimitNOFILE= of systemd, ulimits of Docker) or start more processes",
                "all" if taken is None else taken,
                limit,
            )
        return 0


def _taken(limit: int) -> int | None:
    """About how many are open, by the number of the lowest free one; None where there is none."""
    try:
        lowest = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in OUT:
            raise
        return None
    os.close(lowest)
    return min(lowest, limit)
