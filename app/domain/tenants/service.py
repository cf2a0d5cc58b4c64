"""Making, changing and ending customer accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete as sql_delete

from app.domain.tenants import editing, queries
from app.domain.tenants.tables import Credential, Tenant
from app.kit import ids
from app.kit.work import Work
from app.rules.refusals import BadValue


@dataclass(frozen=True)
class FixedCredentials:
    """A credential whose values are given rather than made, for development."""

    dialect: str
    public_id: str
    secret: str
    host: str | None = None


MAKERS: dict[str, Callable[[], tuple[str, str]]] = {
    # MeritHub ids are 20 characters; Agora's pair is hex; LearnCube's keys are opaque.
    "merithub": lambda: (ids.new_id(), ids.new_secret()),
    "agora": lambda: (ids.new_hex(), ids.new_hex()),
    "learncube": lambda: (ids.new_secret(), ids.new_secret()),
}


async def create(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    name: str,
    *,
    test: bool = False,
    allow_private: bool = False,
    development: bool = False,
    credentials: tuple[FixedCredentials, ...] = (),
    tenant_id: str | None = None,
    signing_secret: str | None = None,
    stands_at: datetime | None = None,
) -> Tenant:
    """Make a tenant with one credential for each dialect; a test tenant's clock may stand at any instant."""
    if not name.strip():
        raise BadValue("name", "must not be empty")
    if stands_at is not None and not test:
        raise BadValue("clock", "can only be given to a tenant that is made with `test: true`")
    tenant = Tenant(
        tenant_id=tenant_id or ids.new_id(),
        name=name,
        test=test,
        allow_private=allow_private,
        development=development,
        signing_secret=signing_secret or ids.new_secret(),
        settings={},
        created_at=stands_at or work.now,
        stands_at=stands_at,
        ahead=None,
    )
    work.db.add(tenant)
    await work.db.flush()
    fixed = {credential.dialect: credential for credential in credentials}
    for dialect, make in MAKERS.items():
        given = fixed.get(dialect)
        public_id, secret = (given.public_id, given.secret) if given else make()
        host = given.host if given else None
        work.db.add(
            Credential(
                tenant_id=tenant.tenant_id, dialect=dialect, public_id=public_id, secret=secret, host=host
            )
        )
    await work.db.flush()
    return tenant


async def rotate(work: Work, tenant_id: str, dialect: str) -> Credential:
    """Give a credential a new secret; the public id stays. Access tokens that were issued for it are void."""
    credential = await queries.credential(work, tenant_id, dialect)
    credential.secret = MAKERS[dialect]()[1]
    await work.db.flush()
    return credential


async def rotate_signing(work: Work, tenant_id: str, overlap: timedelta) -> Tenant:
    """Sign links and access tokens with a new key; what the present one signed holds for so long.

    There are two at most: what one before that signed holds no more.
    """
    tenant = await editing.lock(work, tenant_id)
    tenant.former_signing_secret = tenant.signing_secret if overlap > timedelta(0) else None
    tenant.former_signing_until = work.wall + overlap if overlap > timedelta(0) else None
    tenant.signing_secret = ids.new_secret()
    await work.db.flush()
    return tenant


async def retire(work: Work, tenant_id: str) -> None:
    """Take a tenant of development out of everybody's reach: new secrets, and no way to private addresses."""
    tenant = await queries.by_id(work, tenant_id)
    for credential in await queries.credentials_of(work, tenant_id):
        await rotate(work, tenant_id, credential.dialect)
    tenant.allow_private = tenant.development = False
    await work.db.flush()


async def delete(work: Work, tenant_id: str) -> None:
    """Remove a tenant and everything it owns."""
    await queries.by_id(work, tenant_id)
    await work.db.execute(sql_delete(Tenant).where(Tenant.tenant_id == tenant_id))
    # Whoever sits in one of its rooms hears of it at once.
    work.ring(f"tenant:{tenant_id}")
