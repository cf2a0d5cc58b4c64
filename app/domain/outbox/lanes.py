"""Lanes that nothing lies in any more: their numbers begin anew when something is owed there again."""

from collections.abc import Collection

from sqlalchemy import ARRAY, String, cast, column, delete, exists, func, select

from app.domain.outbox.tables import Delivery, Lane
from app.kit.work import Work


async def drop_empty(work: Work, tenant_id: str, keys: Collection[tuple[str, str]]) -> None:
    """Remove those of a tenant's lanes, by subscription and key, that have nothing and wait for nothing."""
    if not keys:
        return
    named = (
        func.unnest(
            cast([subscription for subscription, _ in keys], ARRAY(String)),
            cast([key for _, key in keys], ARRAY(String)),
        )
        .table_valued(column("subscription_id", String), column("lane_key", String))
        .render_derived(name="named")
    )
    has_some = exists().where(
        Delivery.tenant_id == Lane.tenant_id,
        Delivery.subscription_id == Lane.subscription_id,
        Delivery.lane_key == Lane.lane_key,
    )
    empty = (
        select(Lane.subscription_id, Lane.lane_key)
        .join(
            named,
            (named.c.subscription_id == Lane.subscription_id) & (named.c.lane_key == Lane.lane_key),
        )
        .where(Lane.tenant_id == tenant_id, Lane.due_at.is_(None), Lane.last_seq == Lane.done_seq, ~has_some)
        .with_for_update(of=Lane, skip_locked=True)
        .cte("empty")
    )
    await work.db.execute(
        delete(Lane)
        .where(
            Lane.tenant_id == tenant_id,
            Lane.subscription_id == empty.c.subscription_id,
            Lane.lane_key == empty.c.lane_key,
        )
        .execution_options(synchronize_session=False)
    )
