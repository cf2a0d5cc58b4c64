"""Access tokens, both versions: what they say, and whether the app's certificate signed it.

`006` is an AccessToken for RTM, `007` an AccessToken2 with its list of services. All is a function of
its arguments. Whatever is wrong with a token, the answer is BadCredentials, and its sentence never quotes it.
"""

import hmac
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from app.dialects.agora.unpacking import Reader, UnreadableError, inflated, plain_base64
from app.rules.refusals import BadCredentials

LONGEST = 4096
"""Characters of a token; those of the published builders have a few hundred."""

APP_ID = 32
RTM_LOGIN = 1000
"""The privilege of a 006 token to sign in."""

RTC, RTM, CHAT, EDUCATION = 1, 2, 5, 7
"""The services of a 007 token whose layout is known."""

EXPIRED = "it has expired"

Kind = Literal["rtm", "app", "user", "room_user"]


@dataclass(frozen=True)
class Caller:
    """Whoever a token speaks for: a server or user by RTM, a whole app, a user, or a user in one room."""

    kind: Kind
    user: str = ""
    room: str = ""
    role: int | None = None

    def may_enter(self, room: str | None) -> bool:
        """Whether the token opens the room, or, with no room, what belongs to the whole app."""
        return self.kind != "room_user" or self.room == room


@dataclass(frozen=True)
class Lock:
    """What a token is held against; `now` is in seconds since 1970, `uid` the header's if there was one."""

    app_id: str
    certificate: str
    now: float
    uid: str | None = None


@dataclass(frozen=True)
class Service:
    """One service of a 007 token, its times in seconds since the issue."""

    kind: int
    privileges: dict[int, int]
    user: bytes = b""
    room: bytes = b""
    role: int = -1


@dataclass(frozen=True)
class Body:
    """What a 007 token says, and the bytes that were signed; `services` are read once that is proven."""

    signature: bytes
    signed: bytes
    app_id: bytes
    issued_at: int
    lives: int
    salt: int
    services: Reader


@dataclass(frozen=True)
class Opened:
    """Whoever a token speaks for, and until when, in seconds since 1970."""

    caller: Caller
    until: float


def verify(token: str, lock: Lock) -> Caller:
    """Whoever the token speaks for, or BadCredentials."""
    return opened(token, lock).caller


def opened(token: str, lock: Lock) -> Opened:
    """The same, and until when."""
    if not token:
        raise BadCredentials("there is none")
    if len(token) > LONGEST:
        raise BadCredentials("it is too long")
    try:
        match token[:3]:
            case "006":
                return _verify_006(token[3:], lock)
            case "007":
                return _verify_007(token[3:], lock)
    except (UnreadableError, UnicodeError):
        raise BadCredentials("it cannot be read") from None
    raise BadCredentials("its version is neither 006 nor 007")


def claimed_user(token: str) -> str:
    """Whom a token says that it speaks for, nothing of it proven; empty where it says nothing readable."""
    if not token.startswith("007") or len(token) > LONGEST:
        return ""
    try:
        return _used(services_of(read_007(token[3:]).services)).user.decode()
    except (UnreadableError, UnicodeError, BadCredentials):
        return ""


def _verify_006(rest: str, lock: Lock) -> Opened:
    if rest[:APP_ID] != lock.app_id:
        raise BadCredentials("it is another app's")
    if not lock.uid:
        raise BadCredentials("x-agora-uid is missing, and a 006 token does not tell its user")
    content = Reader(plain_base64(rest[APP_ID:]))
    signature, user_sum, empty_sum, message = content.text(), content.u32(), content.u32(), content.text()
    content.must_be_over()
    account = lock.uid.encode()
    # The sums stand outside of what is signed.
    _must_be_signed(signature, lock.certificate.encode(), lock.app_id.encode() + account + message)
    if (user_sum, empty_sum) != (crc32(account), 0):
        raise BadCredentials("it is another user's")
    said = Reader(message)
    said.u32()
    until, privileges = said.u32(), said.numbers()
    if RTM_LOGIN not in privileges:
        raise BadCredentials("it does not let sign in to RTM")
    until = min(until, privileges[RTM_LOGIN] or until)
    if lock.now >= until:
        raise BadCredentials(EXPIRED)
    return Opened(Caller("rtm", lock.uid), until)


def _verify_007(rest: str, lock: Lock) -> Opened:
    body = read_007(rest)
    key = key_of(lock.certificate, body.issued_at, body.salt)
    _must_be_signed(body.signature, key, body.signed)
    if body.app_id != lock.app_id.encode():
        raise BadCredentials("it is another app's")
    service = _used(services_of(body.services))
    lives = (body.lives, *(seconds for seconds in service.privileges.values() if seconds))
    until = body.issued_at + min(lives)
    if lock.now >= until:
        raise BadCredentials(EXPIRED)
    caller = _caller(service)
    if lock.uid and caller.user and caller.user != lock.uid:
        raise BadCredentials("it is another user's")
    return Opened(caller, until)


def read_007(rest: str) -> Body:
    """What stands in a token behind its version, nothing of it proven yet, or UnreadableError."""
    whole = Reader(inflated(plain_base64(rest)))
    signature = whole.text()
    signed = whole.rest
    return Body(signature, signed, whole.text(), whole.u32(), whole.u32(), whole.u32(), whole)


def key_of(certificate: str, issued_at: int, salt: int) -> bytes:
    """The key that signs a 007 token."""
    inner = hmac.digest(issued_at.to_bytes(4, "little"), certificate.encode(), "sha256")
    return hmac.digest(salt.to_bytes(4, "little"), inner, "sha256")


def services_of(body: Reader) -> tuple[Service, ...]:
    """The services up to the first whose layout nobody knows; what follows is signed all the same."""
    found = []
    for _ in range(body.u16()):
        kind = body.u16()
        if kind not in (RTC, RTM, CHAT, EDUCATION):
            break
        found.append(_service(kind, body))
    return tuple(found)


def _service(kind: int, body: Reader) -> Service:
    privileges = body.numbers()
    if kind == EDUCATION:
        room, user = body.text(), body.text()
        return Service(kind, privileges, user, room, body.i16())
    if kind == RTC:
        body.text()
    return Service(kind, privileges, body.text())


def _used(services: tuple[Service, ...]) -> Service:
    """The service that opens our API: Education where there is one, because it says more than RTM does."""
    for kind in (EDUCATION, RTM):
        for service in services:
            if service.kind == kind:
                return service
    raise BadCredentials("it is neither for Education nor for RTM")


def _caller(service: Service) -> Caller:
    """By the fields, not by the privileges: one of the published builders writes none."""
    room, user = service.room.decode(), service.user.decode()
    if service.kind == RTM and user:
        return Caller("rtm", user)
    if room and user:
        return Caller("room_user", user, room, service.role)
    if user:
        return Caller("user", user)
    if service.kind == RTM or room:
        raise BadCredentials("it names no user")
    return Caller("app")


def _must_be_signed(signature: bytes, key: bytes, message: bytes) -> None:
    if not hmac.compare_digest(signature, hmac.digest(key, message, "sha256")):
        raise BadCredentials("its signature is wrong")
