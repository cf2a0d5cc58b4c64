"""Who calls: the bearer of an access token in either of the headers where the vendor's programs put it."""

import re
from collections.abc import Mapping

from starlette.requests import Request

from app.dialects.agora.tokens import LONGEST, Lock, verify
from app.dialects.agora.tokens import Caller as Caller
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Tenant
from app.kit.work import Work
from app.rules.refusals import BadCredentials, UnknownTenant

DIALECT = "agora"
AUTHORIZATION = re.compile(r'\s*agora\s+token\s*=\s*("?)([^"\s]*)\1\s*', re.IGNORECASE)
APP_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
HOW = "it is missing: send x-agora-token and x-agora-uid, or Authorization: agora token=<token>"
NO_APP = "there is no such app"


async def verified(
    work: Work, request: Request, app_id: str, room_uuid: str | None = None
) -> tuple[Tenant, Caller]:
    """The app and whoever calls it, or BadCredentials; the work goes on at the app's instant.

    A token for one room opens only what names that room.
    """
    token, uid = shown(request.headers)
    return await opened(work, token, uid, app_id, room_uuid)


async def opened(
    work: Work, token: str, uid: str | None, app_id: str, room_uuid: str | None
) -> tuple[Tenant, Caller]:
    """The same with the token and the user in hand."""
    if not APP_ID.fullmatch(app_id):
        raise BadCredentials(NO_APP)
    try:
        tenant, credential = await tenants.by_credential(work, DIALECT, app_id)
    except UnknownTenant:
        raise BadCredentials(NO_APP) from None
    # The program that made it lives in the world's time, also where a test clock was moved.
    now = min(work.now, work.wall).timestamp()
    caller = verify(token, Lock(app_id, credential.secret, now, uid))
    if not caller.may_enter(room_uuid):
        raise BadCredentials("it is for another room")
    return tenant, caller


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
