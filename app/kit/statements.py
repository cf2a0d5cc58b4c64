"""Statements in PostgreSQL's own words: where one of them does what takes SQLAlchemy's words many."""

from collections.abc import Sequence
from typing import Any, cast

from app.kit.work import Work


async def rows(work: Work, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
    """Run a statement with `$1`, `$2` … for its values; it stays prepared on the connection. Its rows."""
    driver = await work.driver()
    return cast("Sequence[tuple[Any, ...]]", await driver.fetch(statement, *values))
