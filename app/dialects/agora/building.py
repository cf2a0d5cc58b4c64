"""Makes access tokens as the published builders do: for development and for tests."""

import base64
import hashlib
import hmac
import struct
import zlib
from dataclasses import dataclass
from zlib import crc32

from app.dialects.agora.tokens import CHAT, EDUCATION, RTM, RTM_LOGIN, key_of

ROOM_USER, USER, APP = 1, 2, 3
"""The privileges of an Education token."""

NO_ROLE = -1


@dataclass(frozen=True)
class Seal:
    """Who signs, when, and for how many seconds; `salt` makes two tokens of one second differ."""

    app_id: str
    certificate: str
    issued_at: int
    lives: int
    salt: int


def rtm_006(seal: Seal, user: str, privilege_until: int | None = None) -> str:
    """An AccessToken for RTM; `privilege_until` is in seconds since 1970."""
    until = seal.issued_at + seal.lives
    privileges = {RTM_LOGIN: until if privilege_until is None else privilege_until}
    message = struct.pack("<II", seal.salt, until) + _numbers(privileges)
    signed = seal.app_id.encode() + user.encode() + message
    signature = hmac.digest(seal.certificate.encode(), signed, "sha256")
    content = _text(signature) + struct.pack("<II", crc32(user.encode()), 0) + _text(message)
    return f"006{seal.app_id}{base64.b64encode(content).decode()}"


def rtm_007(seal: Seal, user: str) -> str:
    """An AccessToken2 for RTM."""
    return _sealed(seal, [_rtm(seal, user)])


def room_user_007(seal: Seal, room: str, user: str, role: int) -> str:
    """An Education token for one user in one room; it opens RTM and the chat too."""
    # The chat has its own names of users; there is no secret in them.
    name = hashlib.md5(user.encode(), usedforsecurity=False).hexdigest()
    chat = struct.pack("<H", CHAT) + _numbers({1: seal.lives}) + _text(name.encode())
    return _sealed(seal, [_rtm(seal, user), chat, _education(seal, ROOM_USER, room, user, role)])


def user_007(seal: Seal, user: str) -> str:
    """An Education token for one user."""
    return _sealed(seal, [_education(seal, USER, "", user, NO_ROLE)])


def app_007(seal: Seal) -> str:
    """An Education token for the whole app."""
    return _sealed(seal, [_education(seal, APP, "", "", NO_ROLE)])


def _rtm(seal: Seal, user: str) -> bytes:
    return struct.pack("<H", RTM) + _numbers({1: seal.lives}) + _text(user.encode())


def _education(seal: Seal, privilege: int, room: str, user: str, role: int) -> bytes:
    fields = _text(room.encode()) + _text(user.encode()) + struct.pack("<h", role)
    return struct.pack("<H", EDUCATION) + _numbers({privilege: seal.lives}) + fields


def _sealed(seal: Seal, services: list[bytes]) -> str:
    body = _text(seal.app_id.encode()) + struct.pack("<III", seal.issued_at, seal.lives, seal.salt)
    body += struct.pack("<H", len(services)) + b"".join(services)
    signature = hmac.digest(key_of(seal.certificate, seal.issued_at, seal.salt), body, "sha256")
    return f"007{base64.b64encode(zlib.compress(_text(signature) + body)).decode()}"


def _text(value: bytes) -> bytes:
    return struct.pack("<H", len(value)) + value


def _numbers(values: dict[int, int]) -> bytes:
    """A map by rising key."""
    return struct.pack("<H", len(values)) + b"".join(
        struct.pack("<HI", key, value) for key, value in sorted(values.items())
    )
