"""For tests with two tenants: all that one owns, and what of it is in an answer that the other got."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
from common import START, TENANT
from fastapi.routing import iter_route_contexts
from sqlalchemy import Boolean, CheckConstraint, DateTime, Integer, LargeBinary, String, Table, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.metadata import metadata
from app.kit.work import Work, Works

OWNED = [table for table in metadata.sorted_tables if "tenant_id" in table.c]
# Where one column goes with another.
TOGETHER = {"properties": {"scope": "person"}}
PARAMETER = re.compile(r"{(\w+)}")

Dump = dict[str, list[tuple[Any, ...]]]


async def dump_of(works: Works, tenant_id: str = TENANT) -> Dump:
    """Every row of the owner's."""
    async with works.begin() as work:
        return {table.name: await rows_of(work, table, tenant_id) for table in OWNED}


async def fill_the_rest(work: Work) -> None:
    """A row of the owner's in every table that has none yet."""
    for table in OWNED:
        if not await rows_of(work, table, TENANT):
            await work.db.execute(insert(table).values(await made_up(work, table)))


async def rows_of(work: Work, table: Table, tenant_id: str) -> list[tuple[Any, ...]]:
    found = await work.db.execute(
        select(table).where(table.c.tenant_id == tenant_id).order_by(*table.primary_key.columns)
    )
    return [tuple(row) for row in found]


async def made_up(work: Work, table: Table) -> dict[str, Any]:
    """A row of the owner's for a table that the lesson left empty."""
    values: dict[str, Any] = {"tenant_id": TENANT}
    for key in table.foreign_key_constraints:
        theirs = key.referred_table
        row = (await work.db.execute(select(theirs).where(theirs.c.tenant_id == TENANT).limit(1))).mappings()
        found = row.one()
        values |= {part.parent.name: found[part.column.name] for part in key.elements}
    for column in table.columns:
        if column.name not in values and not column.nullable:
            values[column.name] = plain(column.type, f"mark-of-{table.name}-{column.name}")
    return values | allowed(table, values)


def allowed(table: Table, values: dict[str, Any]) -> dict[str, str]:
    """For columns that take a few words only, the first of them."""
    checks = (str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    words = (found.groups() for check in checks for found in re.finditer(r"(\w+) IN \('(\w+)'", check))
    return {name: word for name, word in words if name in values} | TOGETHER.get(table.name, {})


def plain(kind: Any, mark: str) -> Any:
    """Some value of the type; text says where it is from."""
    values = {
        Boolean: False,
        Integer: 1,
        String: mark,
        DateTime: START,
        LargeBinary: mark.encode(),
        JSONB: {"mark": mark},
    }
    kind = getattr(kind, "impl", kind)
    return next((value for known, value in values.items() if isinstance(kind, known)), [])


def texts(value: Any) -> Iterator[str]:
    """All text in a value, in bytes and JSON too."""
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode("utf-8", "replace")
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list() | tuple():
            for inner in value:
                yield from texts(inner)


def marks(dump: Dump) -> set[str]:
    """What an answer to the stranger must not have: ids, links, names and words of the owner."""
    found = {text for rows in dump.values() for row in rows for text in texts(row)}
    return {text for text in found if re.search(r"[Aa]ure|mark-of-|[0-9a-v]{20}|[\w-]{43}", text)}


def leaks(answer: httpx.Response, dump: Dump, asked: str) -> list[str]:
    """What of the owner is in the answer without having been in the request."""
    said = answer.text + str(answer.headers)
    return [mark for mark in marks(dump) if mark not in asked and mark in said]


def operations(router: Any) -> list[tuple[str, str]]:
    """Each (method, path), deletions last."""
    found = [
        (method, str(route.path))
        for route in iter_route_contexts(router.routes)
        for method in sorted(route.methods or ())
    ]
    return sorted(found, key=lambda one: (one[0] == "DELETE", one[1]))
