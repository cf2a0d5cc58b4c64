"""A tenant's credentials in the one shape that `homeroom credentials --json` promises."""

from typing import TypedDict
from urllib.parse import urlsplit

from app.domain.outbox import log
from app.domain.tenants import queries
from app.kit.work import Work
from app.rules.refusals import UnknownThing
from app.settings import Settings


class MeritHub(TypedDict):
    client_id: str
    client_secret: str


class Agora(TypedDict):
    app_id: str
    app_certificate: str


class LearnCube(TypedDict):
    host: str
    callback_url: str
    public_key: str
    private_key: str


class Credentials(TypedDict):
    base_url: str
    tenant: str
    admin_token: str
    merithub: MeritHub
    agora: Agora
    learncube: LearnCube


async def program_values(work: Work, settings: Settings, dialect: str, tenant_id: str) -> dict[str, str]:
    """What to set in a program written for a vendor; one address here stands for each of the vendor's."""
    found = await of_tenant(work, settings, tenant_id)
    base = found["base_url"]
    match dialect:
        case "merithub":
            held = await log.subscriptions(work, tenant_id)
            secrets = [one.secret for one in held if (one.dialect, one.purpose) == (dialect, "status")]
            return {
                "MERITHUB_CLIENT_ID": found["merithub"]["client_id"],
                "MERITHUB_CLIENT_SECRET": found["merithub"]["client_secret"],
                "MERITHUB_TOKEN_URL": f"{base}/v1/{found['merithub']['client_id']}/api/token",
                "MERITHUB_ACCOUNT_URL": base,
                "MERITHUB_CLASS_URL": base,
                "MERITHUB_LIVE_URL": base,
                "MERITHUB_PING_SECRET": "".join(secrets),
            }
        case _:
            what = "dialect"
            raise UnknownThing(what, dialect)


async def of_tenant(work: Work, settings: Settings, tenant_id: str) -> Credentials:
    """Everything a program needs to sign in as the tenant; raises NotFound for a tenant that is none."""
    await queries.by_id(work, tenant_id)
    held = {credential.dialect: credential for credential in await queries.credentials_of(work, tenant_id)}
    merithub, agora, learncube = held["merithub"], held["agora"], held["learncube"]
    urls = {(held.dialect, held.purpose): held.url for held in await log.subscriptions(work, tenant_id)}
    return {
        "base_url": settings.base_url,
        "tenant": tenant_id,
        "admin_token": settings.admin_token,
        "merithub": {"client_id": merithub.public_id, "client_secret": merithub.secret},
        "agora": {"app_id": agora.public_id, "app_certificate": agora.secret},
        "learncube": {
            "host": learncube.host or urlsplit(settings.base_url).netloc,
            "callback_url": urls.get(("learncube", "callback")) or f"{settings.base_url}/_/inbox/learncube",
            "public_key": learncube.public_id,
            "private_key": learncube.secret,
        },
    }
