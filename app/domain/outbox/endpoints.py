"""The host names under which people come to a tenant, and the server behind each that is asked and told."""

from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox import secrets, service
from app.domain.outbox.tables import Host, Subscription
from app.domain.tenants import clock
from app.domain.tenants.tables import Credential, Tenant
from app.kit.lists import at_most
from app.kit.rows import remember
from app.kit.work import Work
from app.rules.hosts import is_host
from app.rules.refusals import BadValue, UnknownThing

DEFAULT = "callback"
"""The purpose of a tenant's first endpoint; that of a further one is this and its host."""


@dataclass(frozen=True)
class Endpoint:
    """A customer's way in: whose it is, and the server that is asked. `purpose` names its subscription."""

    tenant_id: str
    purpose: str
    url: str
    secrets: tuple[str, ...]
    allow_private: bool


async def at(work: Work, dialect: str, host: str) -> Endpoint:
    """The endpoint of a host name, or the server's only one; the work goes on at its tenant's instant."""
    name = plain(host)
    purposes = await work.db.execute(
        select(Host.tenant_id, Host.purpose).where(Host.dialect == dialect, Host.host == name)
    )
    found = purposes.first() or await _by_credential(work, dialect, name) or await _only(work, dialect)
    if found is None:
        what = "endpoint"
        raise UnknownThing(what, host)
    return await of(work, found[0], dialect, found[1])


async def of(work: Work, tenant_id: str, dialect: str, purpose: str) -> Endpoint:
    """A tenant's endpoint by its purpose."""
    rows = await work.db.execute(
        select(Subscription, Tenant)
        .join(Tenant, Tenant.tenant_id == Subscription.tenant_id)
        .where(
            Subscription.tenant_id == tenant_id,
            Subscription.dialect == dialect,
            Subscription.purpose == purpose,
        )
    )
    row = rows.one_or_none()
    if row is None:
        what = "endpoint"
        raise UnknownThing(what, purpose)
    subscription, tenant = row
    clock.enter(work, remember(work, tenant, tenant_id))
    holding = secrets.holding(subscription, work.wall)
    return Endpoint(tenant_id, purpose, subscription.url, holding, tenant.allow_private)


async def purpose_at(work: Work, tenant_id: str, dialect: str, host: str) -> str:
    """The tenant's endpoint at a host name; its first one where that is none of its own."""
    found = await work.db.scalar(
        select(Host.purpose).where(
            Host.tenant_id == tenant_id, Host.dialect == dialect, Host.host == plain(host)
        )
    )
    return found or DEFAULT


async def is_known(work: Work, host: str) -> bool:
    """Whether people come to some tenant by this host name."""
    name = plain(host)
    found = await work.db.scalar(
        select(
            exists().where(Host.host == name)
            | exists().where(func.split_part(Credential.host, ":", 1) == name)
        )
    )
    return bool(found)


async def add(work: Work, tenant_id: str, dialect: str, host: str, url: str) -> None:
    """Let people come by a further host name; its questions and notices go to this URL."""
    name = plain(host)
    if not is_host(name):
        raise BadValue("host", "must be a host name")
    owner = await work.db.scalar(
        insert(Host)
        .values(dialect=dialect, host=name, tenant_id=tenant_id, purpose=f"{DEFAULT}:{name}")
        .on_conflict_do_update(
            index_elements=[Host.dialect, Host.host],
            set_={"host": name},
            where=(Host.tenant_id == tenant_id),
        )
        .returning(Host.tenant_id)
    )
    if owner is None:
        raise BadValue("host", "belongs to another tenant")
    await service.subscribe(work, tenant_id, dialect, f"{DEFAULT}:{name}", url)


async def remove(work: Work, tenant_id: str, dialect: str, host: str) -> None:
    """Nobody comes by this host name any more."""
    name = plain(host)
    await work.db.execute(
        delete(Host).where(Host.dialect == dialect, Host.host == name, Host.tenant_id == tenant_id)
    )
    await service.unsubscribe(work, tenant_id, dialect, f"{DEFAULT}:{name}")


async def listed(work: Work, tenant_id: str, dialect: str) -> list[tuple[str, str]]:
    """A tenant's further host names, each with the URL that is asked."""
    rows = await work.db.execute(
        select(Host.host, Subscription.url)
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Host.tenant_id,
                Subscription.dialect == Host.dialect,
                Subscription.purpose == Host.purpose,
            ),
        )
        .where(Host.tenant_id == tenant_id, Subscription.tenant_id == tenant_id, Host.dialect == dialect)
        .order_by(Host.host)
    )
    return [(host, url) for host, url in rows]


def realm(purpose: str) -> str:
    """Whose ids its people have: those of the tenant for its first endpoint, of its own for a further one."""
    return "" if purpose == DEFAULT else purpose


def host_of(purpose: str) -> str | None:
    """The host name of a further endpoint; None for a tenant's first one."""
    return purpose.removeprefix(f"{DEFAULT}:") if purpose.startswith(f"{DEFAULT}:") else None


def plain(host: str) -> str:
    """A `Host` header without the port, in lower case."""
    head, colon, port = host.strip().rpartition(":")
    return (head if colon and port.isdigit() else host.strip()).rstrip(".").lower()


async def _by_credential(work: Work, dialect: str, name: str) -> tuple[str, str] | None:
    # A development tenant's credential names its port too.
    rows = await work.db.execute(
        select(Credential.tenant_id, Credential.host).where(
            Credential.dialect == dialect, Credential.host.is_not(None)
        )
    )
    mine = [tenant_id for tenant_id, host in rows if plain(host or "") == name]
    return (mine[0], DEFAULT) if len(mine) == 1 else None


async def _only(work: Work, dialect: str) -> tuple[str, str] | None:
    rows = await work.db.execute(
        select(Subscription.tenant_id, Subscription.purpose)
        .where(Subscription.dialect == dialect, Subscription.purpose.startswith(DEFAULT))
        .limit(at_most(2))
    )
    found = rows.all()
    return (found[0][0], found[0][1]) if len(found) == 1 else None
