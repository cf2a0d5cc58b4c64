"""Blanking what a feed knows of a person who was erased. The entries stay: their numbers have no gaps."""

from typing import Any

from sqlalchemy import Text, cast, select

from app.domain.feeds.tables import Entry
from app.kit.work import Work


async def forget(work: Work, tenant_id: str, classroom_id: str, name: str) -> None:
    """Blank every text that stands beside a person's id, and beside what holds the id (what was said).

    Of an entry whose subject is the person every text goes but the id.
    """
    entries = await work.db.scalars(
        select(Entry).where(
            Entry.tenant_id == tenant_id,
            Entry.classroom_id == classroom_id,
            cast(Entry.body, Text).contains(name, autoescape=True),
        )
    )
    for entry in entries:
        if entry.subject == name:
            entry.body = _emptied(entry.body, name)
        else:
            entry.body, _ = _blanked(entry.body, name, frozenset({name, entry.subject}))
    await work.db.flush()


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
