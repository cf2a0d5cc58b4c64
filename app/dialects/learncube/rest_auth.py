"""Who calls the REST API: the bearer of a token, ours or signed with the private key, or of the key pair."""

import base64
import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends
from jose import jws
from starlette.requests import Request

from app.dialects import jwt
from app.dialects.reading import clean
from app.domain.outbox import endpoints
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Credential, Tenant
from app.kit.outside import parsed
from app.kit.signing import fingerprint
from app.kit.web import WorkDep
from app.kit.work import Work
from app.rules.refusals import BadCredentials, UnknownTenant, UnknownThing

DIALECT = "learncube"
TOKEN_LIFE = timedelta(minutes=5)
USE = "classrooms"
"""What a token of ours is for, so that no other token that the tenant's key signed opens this API."""

WRONG = "Given token not valid for any token type"
NAMES = ("iss", "username", "user_id")
"""Where a caller may say whose key signed a token; the header's `kid` stands before them."""


@dataclass(frozen=True)
class Caller:
    """The program that called, and the endpoint whose host name it asked."""

    tenant: Tenant
    public_key: str
    endpoint: str = endpoints.DEFAULT
    key: str = ""
    """The fingerprint of the private key: a token that is issued holds as long as that does."""

    @property
    def tenant_id(self) -> str:
        """The tenant it speaks for."""
        return self.tenant.tenant_id


async def caller(request: Request, work: WorkDep) -> Caller:
    """Whoever shows a living token or the key pair; what it sees is that of the endpoint it asked."""
    known = await _known(request, work)
    host = clean(request.headers.get("host", ""))
    return replace(known, endpoint=await endpoints.purpose_at(work, known.tenant_id, DIALECT, host))


async def _known(request: Request, work: Work) -> Caller:
    scheme, _, shown = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        return await by_keys(work, *_pair(shown))
    if scheme.lower() in ("bearer", "jwt", "token"):
        return await by_token(work, shown.strip(), request.headers.get("host", ""))
    raise BadCredentials("Authentication credentials were not provided.")


CallerDep = Annotated[Caller, Depends(caller, scope="function")]


async def by_keys(work: Work, public_key: str, private_key: str) -> Caller:
    """The holder of a key pair, or BadCredentials."""
    try:
        tenant, credential = await tenants.by_credential(work, DIALECT, clean(public_key))
    except UnknownTenant:
        raise BadCredentials("The keys are not valid.") from None
    if not hmac.compare_digest(clean(private_key).encode(), credential.secret.encode()):
        raise BadCredentials("The keys are not valid.")
    return Caller(tenant, credential.public_id, key=fingerprint(credential.secret))


async def by_token(work: Work, token: str, host: str) -> Caller:
    """The tenant whose key signed a token that has not expired, or BadCredentials.

    One tenant is chosen by what the token says, else by the host name; only that one's keys are tried.
    """
    header, said = _unverified(token)
    tenant, credential = await _signer(work, header, said, host)
    ours, known = said.get("use") == USE, fingerprint(credential.secret)
    keys = tenant.signing_secrets(work.wall) if ours else (credential.secret,)
    claims = next((found for key in keys if (found := jwt.claims_of(token, key)) is not None), None)
    if claims is None or (ours and claims.get("key", known) != known):
        raise BadCredentials(WRONG)
    # The program that signed one itself lives in the world's time, also where a test clock was moved.
    now = work.now if ours else min(work.now, work.wall)
    if not _expiry(claims) > now.timestamp():
        raise BadCredentials("The token has expired.")
    return Caller(tenant, credential.public_id, key=fingerprint(credential.secret))


def issue(caller: Caller, work: Work) -> str:
    """A token of ours, good for five minutes."""
    claims = {
        "iss": caller.public_key,
        "use": USE,
        "key": caller.key,
        "iat": int(work.now.timestamp()),
        "exp": int((work.now + TOKEN_LIFE).timestamp()),
    }
    return str(jws.sign(claims, caller.tenant.signing_secret, algorithm="HS256"))


def _pair(shown: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(shown.strip(), validate=True).decode()
    except ValueError:
        raise BadCredentials("Invalid basic header. Credentials not correctly base64 encoded.") from None
    public, _, private = text.partition(":")
    return public, private


def _unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a token says of itself, believed only to find out whose key must have signed it."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > jwt.LONGEST:  # noqa: PLR2004 - header, claims, signature
        raise BadCredentials(WRONG)
    try:
        header, said = (parsed(base64.urlsafe_b64decode(part + "==")) for part in parts[:2])
    except ValueError:
        raise BadCredentials(WRONG) from None
    if not isinstance(header, dict) or not isinstance(said, dict):
        raise BadCredentials(WRONG)
    return header, said


async def _signer(
    work: Work, header: dict[str, Any], said: dict[str, Any], host: str
) -> tuple[Tenant, Credential]:
    for name in (header.get("kid"), *(said.get(claim) for claim in NAMES)):
        if isinstance(name, str) and name:
            try:
                return await tenants.by_credential(work, DIALECT, clean(name))
            except UnknownTenant:
                continue
    try:
        endpoint = await endpoints.at(work, DIALECT, clean(host))
    except UnknownThing:
        raise BadCredentials(WRONG) from None
    tenant = await tenants.by_id(work, endpoint.tenant_id)
    return tenant, await tenants.credential(work, endpoint.tenant_id, DIALECT)


def _expiry(claims: dict[str, Any]) -> float:
    """An expiry in seconds; one that is absent or unreadable is long past."""
    try:
        return jwt.expiry_of(claims) or 0.0
    except ValueError:
        return 0.0
