"""Lanes beside the order of a classroom, and lanes that nothing lies in any more."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, String, cast, column, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox.tables import Delivery, Lane
from app.kit.work import Work

RESENT: Final = "~"
"""Begins the lane of what goes beside the order of its classroom: the one message that its id follows, put
aside or sent again, or those that were sent again together, in their order."""


async def beside(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    subscription_id: str,
    delivery_id: str,
    due_at: datetime | None,
    *,
    refusals: int = 0,
) -> None:
    """Give a delivery a lane of its own, where it is tried from then on, after so many refusals."""
    lane_key = RESENT + delivery_id
    fresh = {"done_seq": 0, "due_at": due_at, "tries": refusals, "refusals": refusals, "failed_at": None}
    key = {"tenant_id": tenant_id, "subscription_id": subscription_id, "lane_key": lane_key}
    await work.db.execute(
        insert(Lane)
        .values(**key, **fresh, last_seq=1, leased_until=None, fence=0)
        .on_conflict_do_update(
            index_elements=[Lane.tenant_id, Lane.subscription_id, Lane.lane_key],
            set_=fresh,
            where=(Lane.tenant_id == tenant_id),
        )
    )
    await work.db.execute(
        update(Delivery)
        .where(Delivery.tenant_id == tenant_id, Delivery.delivery_id == delivery_id)
        .values(lane_key=lane_key, seq=1, state="pending", settled_at=None)
        .execution_options(synchronize_session=False)
    )


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
