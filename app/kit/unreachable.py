"""Telling a database that does not answer from a fault in the program, and saying in a line what it was."""

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
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


def is_unreachable(error: BaseException | None) -> bool:
    """Whether the database could not be reached, went away, or had no connection left."""
    match error:
        case DBAPIError():
            return error.connection_invalidated or is_unreachable(error.orig)
        case AsyncAdapt_asyncpg_dbapi.Error():
            # SQLAlchemy's word for what the driver said; it comes bare where a connection was to be made.
            return is_unreachable(error.__cause__)
        case asyncpg.InternalClientError():
            # What it says of a connection that was told to end and has not ended yet.
            return "cannot switch to state" in str(error)
        case asyncpg.InterfaceError():
            # The driver's word for many things; this one alone means that the database went away before.
            return "connection is closed" in str(error)
    return isinstance(error, LOST)


def in_a_line(error: BaseException) -> str:
    """What was wrong in the first place, without the statement that met it and what others made of it."""
    while (cause := getattr(error, "orig", None) or error.__cause__) is not None:
        error = cause
    return f"{type(error).__name__}: {error}".splitlines()[0]
