"""Who calls: the bearer of an access token in either of the headers where the vendor's programs put it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from app.dialects.agora.remembering import verify
from app.dialects.agora.tokens import LONGEST, Lock, claimed_user
from app.dialects.agora.tokens import Caller as Caller
from app.kit.work import Work
from app.rules.refusals import BadCredentials

DIALECT = "agora"
AUTHORIZATION = re.compile(r'\s*agora\s+token\s*=\s*("?)([^"\s]*)\1\s*', re.IGNORECASE)
APP_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
HOW = "it is missing: send x-agora-token and x-agora-uid, or Authorization: agora token=<token>"
NO_APP = "there is no such app"


@dataclass(frozen=True)
class Asked:
    """What a caller shows, and of what: an app, and a room of it where the path names one."""

    token: str
    uid: str | None
    app_id: str
    room_uuid: str | None = None

    @classmethod
    def by(cls, request: Request, app_id: str, room_uuid: str | None = None) -> "Asked":
        """What a request shows; BadCredentials where it shows nothing, or what cannot be an app's."""
        token, uid = shown(request.headers)
        return cls(token, uid, app_id, room_uuid).checked()

    @property
    def name(self) -> str:
        """Whom it is about, so that the seat is found with the app: nothing of a token is proven yet."""
        return self.uid or claimed_user(self.token)

    def checked(self) -> "Asked":
        """The same, or BadCredentials where no app can be called so."""
        if not APP_ID.fullmatch(self.app_id):
            raise BadCredentials(NO_APP)
        return self


def admitted(work: Work, asked: Asked, certificate: str) -> Caller:
    """Whoever the token speaks for, or BadCredentials; one for one room opens only what names that room."""
    # The program that made it lives in the world's time, also where a test clock was moved.
    now = min(work.now, work.wall).timestamp()
    caller = verify(asked.token, Lock(asked.app_id, certificate, now, asked.uid))
    if not caller.may_enter(asked.room_uuid):
        raise BadCredentials("it is for another room")
    return caller


def shown(headers: Mapping[str, str]) -> tuple[str, str | None]:
    """The token and the user that a request shows; of two tokens the one in the vendor's own header."""
    uid = _utf8(headers.get("x-agora-uid", "")).strip() or None
    if token := headers.get("x-agora-token", "").strip():
        return token.strip('"'), uid
    found = AUTHORIZATION.fullmatch(headers.get("authorization", "")[: 2 * LONGEST])
    if found is None or not found[2]:
        raise BadCredentials(HOW)
    return found[2], uid


def _utf8(value: str) -> str:
    """A header's text, which came as bytes that the framework took for Latin-1."""
    return value.encode("latin-1").decode("utf-8", "replace")
