"""The development tenant: fixed, well-known credentials, so that a first request can be pasted."""

from typing import Final, Literal
from urllib.parse import urlsplit

from app.database import Address, one_work
from app.domain import outbox, tenants
from app.domain.outbox import log
from app.domain.tenants import FixedCredentials
from app.domain.tenants import queries as tenant_queries
from app.kit.accounts import DatabaseTrouble
from app.kit.turns import take_turn
from app.kit.work import Work
from app.rules.refusals import NotFound
from app.settings import Settings

TENANT: Final = "development"
INBOX: Final = "/_/inbox/merithub"
MERITHUB_ID: Final = "homeroomdevclient000"
MERITHUB_SECRET: Final = "homeroom-development-merithub-secret"  # noqa: S105 - public by design, loopback only
AGORA_ID: Final = "aaaa0000aaaa0000aaaa0000aaaa0000"
AGORA_CERTIFICATE: Final = "cccc1111cccc1111cccc1111cccc1111"
LEARNCUBE_PUBLIC: Final = "homeroom-development-learncube-public"
MOST_NAMED: Final = 20
LEARNCUBE_PRIVATE: Final = "homeroom-development-learncube-private"


async def prepare(settings: Settings, address: Address) -> None:
    """Makes the development tenant, or, with real secrets in force, takes the well-known ones out of use."""
    if settings.development:
        await one_work(address, lambda work: ensure_development_tenant(work, settings.base_url))
    else:
        await one_work(address, retire_well_known_secrets)
        await one_work(address, lambda work: go_public(work, settings.development_tenants))


async def ensure_development_tenant(work: Work, base_url: str) -> None:
    """Makes the tenant, its pings going to the built-in inbox, unless it is there.

    Processes may share a database and start together.
    """
    await take_turn(work, TENANT)
    if await _exists(work):
        return
    await tenants.create(
        work,
        "Development",
        test=True,
        allow_private=True,
        development=True,
        credentials=_fixed(base_url),
        tenant_id=TENANT,
    )
    await outbox.subscribe(work, TENANT, "merithub", "status", f"{base_url}{INBOX}")


async def follow_address(work: Work, base_url: str) -> None:
    """After a change of port the inbox is elsewhere; a ping URL that somebody set themselves stays theirs."""
    await take_turn(work, TENANT)
    await tenant_queries.enter(work, TENANT)
    (await tenant_queries.credential(work, TENANT, "learncube")).host = urlsplit(base_url).netloc
    for held in await log.subscriptions(work, TENANT):
        if (held.dialect, held.purpose) == ("merithub", "status") and held.url.endswith(INBOX):
            url = f"{base_url}{INBOX}"
            await outbox.subscribe(work, TENANT, held.dialect, held.purpose, url, kinds=held.kinds)


async def retire_well_known_secrets(work: Work) -> None:
    """A database that began in development may go public; what everybody knows has to open nothing then."""
    await take_turn(work, TENANT)
    if not await _exists(work):
        return
    known = {fixed.secret for fixed in _fixed("http://localhost")}
    for credential in await tenant_queries.credentials_of(work, TENANT):
        if credential.secret in known:
            await tenants.rotate(work, TENANT, credential.dialect)
    tenant = await tenant_queries.by_id(work, TENANT)
    tenant.allow_private = tenant.development = False


async def go_public(work: Work, then: Literal["refuse", "retire", "keep"]) -> None:
    """Decide about the other tenants of a database that began in development; DatabaseTrouble to refuse.

    Whoever reached this machine could make them, knows their secrets, and has pings sent into its networks.
    """
    await take_turn(work, TENANT)
    held = await tenant_queries.open_in_development(work)
    if not held or then == "keep":
        return
    if then == "retire":
        for tenant in held:
            await tenants.retire(work, tenant.tenant_id)
        return
    names = ", ".join(f"{tenant.name} ({tenant.tenant_id})" for tenant in held[:MOST_NAMED])
    more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
    raise DatabaseTrouble(
        f"These tenants were made with the development credentials, which everybody knows, and their pings "
        f"may go to private addresses: {names}{more}. Set HOMEROOM_DEVELOPMENT_TENANTS=retire to give them "
        "new secrets and close private addresses to them, or =keep if you trust whoever made them."
    )


def _fixed(base_url: str) -> tuple[FixedCredentials, ...]:
    return (
        FixedCredentials("merithub", MERITHUB_ID, MERITHUB_SECRET),
        FixedCredentials("agora", AGORA_ID, AGORA_CERTIFICATE),
        FixedCredentials("learncube", LEARNCUBE_PUBLIC, LEARNCUBE_PRIVATE, host=urlsplit(base_url).netloc),
    )


async def _exists(work: Work) -> bool:
    try:
        await tenant_queries.by_id(work, TENANT)
    except NotFound:
        return False
    return True
