"""Telling a database that cannot serve now from a fault in the program, and saying in a line what it was."""

from typing import Final

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOST = (
    OSError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DatabaseDroppedError,
    asyncpg.PostgresIOError,
    # Class 53: no disk, no memory, no connection left.
    asyncpg.InsufficientResourcesError,
    # A standby, or a server that its operator closed for changes.
    asyncpg.ReadOnlySQLTransactionError,
)

READ_ONLY: Final = "The database is read-only."
AILMENTS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (asyncpg.DiskFullError, "The database's disk is full."),
    (asyncpg.OutOfMemoryError, "The database is out of memory."),
    (asyncpg.TooManyConnectionsError, "The database has no connection left."),
    (asyncpg.InsufficientResourcesError, "The database is out of resources."),
    (asyncpg.ReadOnlySQLTransactionError, READ_ONLY),
)


def is_unreachable(error: BaseException | None) -> bool:
    """Whether the database could not be reached, went away, or can do nothing of this kind now.

    The same call may succeed later without anybody changing the program.
    """
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


def ailment(error: BaseException) -> str | None:
    """What a database lacks that answers and yet cannot serve, in a sentence; None where that is not it."""
    cause = _first_cause(error)
    return next((words for kind, words in AILMENTS if isinstance(cause, kind)), None)


def lacks_right(error: BaseException) -> bool:
    """Whether the role of this process may not do what it tried."""
    return isinstance(_first_cause(error), asyncpg.InsufficientPrivilegeError)


def in_a_line(error: BaseException) -> str:
    """What was wrong in the first place, without the statement that met it and what others made of it."""
    cause = _first_cause(error)
    return f"{type(cause).__name__}: {cause}".splitlines()[0]


def _first_cause(error: BaseException) -> BaseException:
    while (cause := getattr(error, "orig", None) or error.__cause__) is not None:
        error = cause
    return error
