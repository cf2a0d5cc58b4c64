"""An app, one token of every kind for it, and what tokens are held against."""

from typing import Any

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.agora.tokens import Caller, Lock, verify
from app.dialects.agora.unpacking import UnreadableError, inflated, plain_base64
from app.rules.refusals import BadCredentials

APP = "5f3c1e9a7b2d4c6e8f0a1b3c5d7e9f12"
CERTIFICATE = "0d9c8b7a6f5e4d3c2b1a09f8e7d6c5b4"
OTHER = "0123456789abcdef0123456789abcdef"
NOW = 1_795_000_000
HOUR = 3600
SEAL = Seal(APP, CERTIFICATE, NOW, HOUR, 7)
ROOM = "algebra-101"
MADE = {
    "rtm 006": (building.rtm_006(SEAL, "ada"), Caller("rtm", "ada")),
    "rtm 007": (building.rtm_007(SEAL, "ada"), Caller("rtm", "ada")),
    "room user": (building.room_user_007(SEAL, ROOM, "ada", 2), Caller("room_user", "ada", ROOM, 2)),
    "user": (building.user_007(SEAL, "ada"), Caller("user", "ada")),
    "app": (building.app_007(SEAL), Caller("app")),
}


def lock(**other: Any) -> Lock:
    return Lock(**({"app_id": APP, "certificate": CERTIFICATE, "now": NOW, "uid": "ada"} | other))


def opens(token: str, held: Lock, room: str | None = ROOM) -> bool:
    try:
        return verify(token, held).may_enter(room)
    except BadCredentials:
        return False


def same_inside(token: str, other: str) -> bool:
    """Whether two 007 tokens inflate to the same bytes: there are many ways to compress one text."""
    try:
        return inflated(plain_base64(token[3:])) == inflated(plain_base64(other[3:]))
    except UnreadableError:
        return False
