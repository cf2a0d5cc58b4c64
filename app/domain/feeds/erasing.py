"""Blanking what a feed knows of a person who was erased. The entries stay: their numbers have no gaps."""

from typing import Any

from sqlalchemy import Text, cast, select

from app.domain.feeds.tables import Entry
from app.kit.work import Work


async def forget(work: Work, tenant_id: str, classroom_id: str, name: str) -> None:
    """Blank every text that stands beside a person's id, and beside what holds the id (what was said)."""
    entries = await work.db.scalars(
        select(Entry).where(
            Entry.tenant_id == tenant_id,
            Entry.classroom_id == classroom_id,
            cast(Entry.body, Text).contains(name, autoescape=True),
        )
    )
    for entry in entries:
        body, _ = _blanked(entry.body, name)
        entry.body = body
    await work.db.flush()


def _blanked(value: Any, name: str) -> tuple[Any, bool]:
    """The value without the texts beside the id, and whether the value is an object with the id."""
    if isinstance(value, list):
        return [_blanked(inner, name)[0] for inner in value], False
    if not isinstance(value, dict):
        return value, False
    parts = {key: _blanked(inner, name) for key, inner in value.items()}
    mine = name in value.values()
    if not mine and not any(found for _, found in parts.values()):
        return {key: inner for key, (inner, _) in parts.items()}, False
    kept = {key: inner for key, (inner, _) in parts.items()}
    blanked = {key: "" if isinstance(inner, str) and inner != name else inner for key, inner in kept.items()}
    return blanked, mine
