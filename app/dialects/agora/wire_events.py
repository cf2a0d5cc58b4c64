"""Events and pages of them as the vendor writes them."""

from typing import Any

from app.domain.feeds.queries import Page

VERSION = 1


def event(room_uuid: str, cmd: int, sequence: int, data: dict[str, Any]) -> dict[str, Any]:
    """One event."""
    return {"roomUuid": room_uuid, "cmd": cmd, "sequence": sequence, "version": VERSION, "data": data}


def page(room_uuid: str, found: Page) -> dict[str, Any]:
    """A page of a room's events; without a next one `nextId` is null."""
    listed = [event(room_uuid, entry.kind, entry.seq, entry.body) for entry in found.entries]
    return paged(listed, found.total, found.following)


def paged(listed: list[dict[str, Any]], total: int, following: int | None) -> dict[str, Any]:
    """A page of anything."""
    return {
        "total": total,
        "list": listed,
        "nextId": None if following is None else str(following),
        "count": len(listed),
    }
