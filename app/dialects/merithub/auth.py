"""The JWT bearer grant and the access tokens of an hour."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Path
from jose import jws
from starlette.requests import Request

from app.dialects import jwt
from app.dialects.merithub.fields import Id
from app.domain.tenants import grants
from app.domain.tenants import queries as tenants_queries
from app.domain.tenants.tables import Tenant
from app.kit.signing import fingerprint
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import BadCredentials

TOKEN_LIFE = timedelta(minutes=60)
MOST_KNOWN = 4096
"""So many access tokens a process remembers to have verified, the last used ones."""
BEARER = re.compile(r"\s*(bearer(\s+|$))*", re.IGNORECASE)
# A form that was encoded twice, or not at all where it should have been.
SPACES = re.compile(r"\+|%20")

ClientId = Annotated[Id, Path(alias="client_id")]


def bare(token: str) -> str:
    """The token without any number of leading `Bearer`, of any case and spacing."""
    return token[BEARER.match(token).end() :].strip()  # type: ignore[union-attr] # it matches the empty text too


def read(token: str, secret: str, now: datetime) -> dict[str, Any]:
    """The claims of a JWT signed with the secret and not yet expired, or BadCredentials.

    Only the signature decides, and `exp` where it is there: running programs get issuer, audience and the
    rest wrong.
    The expiry is compared here, with the work's instant, since the library would read the wall clock.
    """
    return _living(_verified(token, secret), now)


def _living(claims: dict[str, Any], now: datetime) -> dict[str, Any]:
    try:
        expires = jwt.expiry_of(claims)
    except ValueError:
        raise BadCredentials("The token does not say when it expires.") from None
    if expires is not None and expires <= now.timestamp():
        raise BadCredentials("The token has expired.")
    return claims


def _verified(token: str, secret: str) -> dict[str, Any]:
    claims = jwt.claims_of(bare(token), secret)
    if claims is None:
        raise BadCredentials("The token is not valid.")
    return claims


# That a token was signed with a secret never changes, so this holds as long as it is kept. Whether the secret
# is still the tenant's, and the token's hour is not over, is asked at each call.
_known = lru_cache(maxsize=MOST_KNOWN)(_verified)


def issue(tenant: Tenant, client_id: str, now: datetime, *, key: str = "", user_id: str | None = None) -> str:
    """A token of ours, with its prefix: most programs store it and send it as it came.

    `key` is the fingerprint of the secret by which it was asked for: it holds as long as that does. A user's
    token opens nothing; the vendor hands one out and asks to ignore it.
    """
    claims = {
        "iss": client_id,
        "sub": user_id or client_id,
        "use": "user" if user_id else "api",
        "key": key,
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_LIFE).timestamp()),
    }
    return "Bearer " + str(jws.sign(claims, tenant.signing_secret, algorithm="HS256"))


def _signed(token: str, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The claims of a token that one of these signed."""
    newest, *former = secrets
    try:
        return _known(token, newest)
    except BadCredentials:
        if not former:
            raise
    return _signed(token, tuple(former))


@dataclass(frozen=True)
class Caller:
    """The program that called, known by its token."""

    tenant: Tenant
    client_id: str

    @property
    def tenant_id(self) -> str:
        """The tenant it speaks for."""
        return self.tenant.tenant_id


async def caller(request: Request, work: WorkDep, client_id: ClientId) -> Caller:
    """Whoever shows a living access token of the client in the path."""
    tenant, credential = await tenants_queries.by_credential(work, "merithub", client_id)
    shown = request.headers.get("authorization", "")
    claims = _living(_signed(shown, tenant.signing_secrets(work.wall)), work.now)
    if claims.get("use") != "api" or claims.get("iss") != client_id:
        raise BadCredentials("The token is not for this client.")
    if claims.get("key", fingerprint(credential.secret)) != fingerprint(credential.secret):
        raise BadCredentials("The token is not valid any more: the client's secret was changed.")
    return Caller(tenant, client_id)


CallerDep = Annotated[Caller, Depends(caller, scope="function")]


async def grant(work: Work, client_id: str, assertion: str) -> str:
    """An access token for an assertion signed with the client's secret."""
    tenant, credential = await tenants_queries.by_credential(work, "merithub", client_id)
    # A token has no such characters itself, so they can only be the spaces about it.
    spaced = SPACES.sub(" ", assertion)
    # The program that signed it lives in the world's time, also where a test clock was moved.
    read(spaced, credential.secret, min(work.now, work.wall))
    await grants.count_token(work, tenant.tenant_id)
    return issue(tenant, client_id, work.now, key=fingerprint(credential.secret))
