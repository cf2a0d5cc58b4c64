"""The hourly quota of access tokens, exact over all processes: one row a tenant, locked by who asks."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.domain.tenants import queries
from app.domain.tenants.tables import TokenCalls
from app.kit.work import Work
from app.rules import quota
from app.rules.refusals import RateLimited


async def count_token(work: Work, tenant_id: str) -> None:
    """Count one more access token, or refuse it with RateLimited; a tenant without a limit costs no row.

    To be called when the caller has shown that it is the tenant: client ids stand in links that everybody
    sees, and a stranger's wrong calls must not use up the quota. What is refused does not count either.
    """
    limit = await queries.limit(work, tenant_id, "token_calls_per_hour", 0)
    if limit == 0:
        return
    await work.db.execute(insert(TokenCalls).values(tenant_id=tenant_id, times=[]).on_conflict_do_nothing())
    row = await work.db.scalar(select(TokenCalls).where(TokenCalls.tenant_id == tenant_id).with_for_update())
    if row is None:  # the tenant is being deleted at this moment
        return
    seconds = quota.wait(row.times, limit, work.now)
    if seconds:
        raise RateLimited(seconds)
    row.times = quota.kept(row.times, limit, work.now)
    await work.db.flush()
