"""How long links hold that need no login: what a tenant's limits say, else for ever."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class LinkKind(StrEnum):
    """What a link leads to; a limit of a tenant is named after each."""

    PLAYER = "player_link_days"
    DOWNLOAD = "download_link_days"
    CHAT = "chat_link_days"
    FILE = "file_link_days"


def expiry(limits: Mapping[str, int], kind: LinkKind, now: datetime) -> str:
    """Until when a link made now holds, in seconds as its address says it; empty: for ever."""
    days = limits.get(kind, 0)
    return str(int((now + timedelta(days=days)).timestamp())) if days else ""


def earliest(*expiries: str) -> str:
    """The first of some expiries."""
    return min((one for one in expiries if one), key=int, default="")


def is_over(expires: str, now: datetime) -> bool:
    """Whether a link is over whose signature says that this is its expiry."""
    return bool(expires) and int(expires) <= now.timestamp()
