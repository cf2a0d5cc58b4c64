"""Blanking what a feed knows of a person who was erased. The entries stay: their numbers have no gaps."""

import json
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, Integer, String, Text, bindparam, cast, func, select

from app.domain.feeds.tables import Entry
from app.kit.lists import among, listed
from app.kit.prepared import Prepared, worded
from app.kit.work import Work


class Telling(NamedTuple):
    """An entry that has the person's id in it."""

    classroom_id: str
    seq: int
    subject: str
    text: str


AT_ONCE: Final = 500
"""Entries that are read and written in one go: meanwhile nobody else in this process has a turn."""

TELLING: Final = Prepared(
    select(Entry.classroom_id, Entry.seq, Entry.subject, cast(Entry.body, Text)).where(
        Entry.tenant_id == bindparam("tenant_id"),
        among(Entry.classroom_id, listed("classroom_ids")),
        func.strpos(cast(Entry.body, Text), bindparam("name", type_=Text)) > 0,
    ),
    into=Telling,
)
BLANK: Final = Prepared(
    worded(
        """
UPDATE feed_entries SET body = CAST(one.body AS jsonb)
FROM unnest(:classroom_ids, :seqs, :bodies) AS one (classroom_id, seq, body)
WHERE feed_entries.tenant_id = :tenant_id
AND feed_entries.classroom_id = one.classroom_id AND feed_entries.seq = one.seq
""",
        tenant_id=String(),
        classroom_ids=ARRAY(String),
        seqs=ARRAY(Integer),
        bodies=ARRAY(String),
    ),
    into=tuple,
)


async def forget(work: Work, tenant_id: str, classroom_ids: Collection[str], name: str) -> None:
    """Blank every text that stands beside a person's id, and beside what holds the id (what was said).

    Of an entry whose subject is the person every text goes but the id.
    """
    # As the database writes it: quotes, too, may be in what customers call people.
    written = json.dumps(name, ensure_ascii=False)[1:-1]
    told = await TELLING.all(work, tenant_id=tenant_id, classroom_ids=list(classroom_ids), name=written)
    for start in range(0, len(told), AT_ONCE):
        some = told[start : start + AT_ONCE]
        await BLANK.run(
            work,
            tenant_id=tenant_id,
            classroom_ids=[one.classroom_id for one in some],
            seqs=[one.seq for one in some],
            bodies=[_forgotten(one, name) for one in some],
        )


def _forgotten(told: Telling, name: str) -> str:
    body = json.loads(told.text)
    if told.subject == name:
        return json.dumps(_emptied(body, name))
    blanked, _ = _blanked(body, name, frozenset({name, told.subject}))
    return json.dumps(blanked)


def _blanked(value: Any, name: str, kept: frozenset[str]) -> tuple[Any, bool]:
    """The value without the texts beside the id, and whether the value is an object with the id."""
    if isinstance(value, list):
        return [_blanked(inner, name, kept)[0] for inner in value], False
    if not isinstance(value, dict):
        return value, False
    parts = {key: _blanked(inner, name, kept) for key, inner in value.items()}
    mine = name in value.values()
    if not mine and not any(found for _, found in parts.values()):
        return {key: inner for key, (inner, _) in parts.items()}, False
    # Beside the id itself objects go too: what a program keeps with the person, or says with a raised hand.
    return {
        key: _without(inner, kept) if isinstance(inner, str) or (mine and not held) else inner
        for key, (inner, held) in parts.items()
    }, mine


def _without(value: Any, kept: frozenset[str]) -> Any:
    match value:
        case str():
            return value if value in kept else ""
        case dict():
            return {}
        case _:
            return value


def _emptied(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object with its numbers and the id alone; objects within that do not hold the id are empty."""
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        match inner:
            case dict():
                kept[key] = _emptied(inner, name) if name in inner.values() else {}
            case list():
                kept[key] = []
            case str() if inner != name:
                kept[key] = ""
            case _:
                kept[key] = inner
    return kept
