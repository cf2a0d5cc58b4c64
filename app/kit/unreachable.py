"""Telling a database that does not answer from a fault in the program."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOST = (
    OSError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


def is_unreachable(error: BaseException) -> bool:
    """Whether the database could not be reached, went away, or had no connection left."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or any(isinstance(one, LOST) for one in _causes(error))
    if isinstance(error, asyncpg.InternalClientError):
        # What it says of a connection that was told to end and has not ended yet.
        return "cannot switch to state" in str(error)
    if isinstance(error, asyncpg.InterfaceError):
        # The driver's word for many things; this one alone means that the database went away before.
        return "connection is closed" in str(error)
    return isinstance(error, LOST)


def _causes(error: DBAPIError) -> list[BaseException | None]:
    """What the driver said, and what that stands for: the async driver's words are wrapped twice."""
    return [error.orig, getattr(error.orig, "__cause__", None)]
