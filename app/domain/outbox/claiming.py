"""Claiming what is due: a lease keeps two senders from one lane, the fence tells a claim from a later one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Self

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    all_,
    and_,
    case,
    cast,
    column,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import array

from app.domain.outbox.tables import Delivery, Lane, Subscription
from app.domain.tenants.tables import Tenant
from app.kit import tables
from app.kit.work import Work

LEASE: Final = timedelta(seconds=30)
"""Longer than one request may take, so that no lane is claimed twice while it is being sent."""

LOOK: Final = 4
"""How many due lanes are looked at for each that is taken: one receiver may have many."""


NOBODY: Final[Mapping[str, datetime]] = MappingProxyType({})


@dataclass(frozen=True)
class Claimed:
    """The head of a lane, to be sent by whoever holds this fence until the lease runs out."""

    tenant_id: str
    subscription_id: str
    lane_key: str
    seq: int
    fence: int
    delivery_id: str
    classroom_id: str
    kind: str
    body: bytes
    query: str
    content_type: str
    url: str
    secrets: list[str]
    """To sign with: the one that holds, and the former one while receivers change over."""
    allow_private: bool
    unproven: bool
    """Whether nothing has passed there yet, or nothing since it failed."""


@dataclass(frozen=True)
class Room:
    """How many requests may begin, in all and to each receiver.

    A receiver is unproven while nothing has passed there, or nothing since it failed: those share a few
    places, so that receivers that hang never hold all.
    """

    limit: int
    unproven: int = 12
    unproven_each: int = 1
    each: int = 16
    """To a receiver that is not in `known`."""
    each_tenant: int = 32
    known: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By tenant and subscription."""
    full: Sequence[str] = ()
    """Tenants that have as many under way as they may."""

    @classmethod
    def for_all(cls, limit: int) -> Self:
        """So many, whoever receives them."""
        return cls(limit, unproven=limit, unproven_each=limit, each=limit, each_tenant=limit)


async def claim(work: Work, room: Room, own_times: Mapping[str, datetime] = NOBODY) -> list[Claimed]:
    """Take the heads of lanes that are due (of every `tenant_id`), the longest due first.

    `own_times` has the present of each tenant with a clock of its own; for all others it is the machine's.
    """
    claimed = await _claim(work, room, and_(Lane.due_at <= work.wall, Lane.tenant_id.not_in(own_times)))
    if own_times and len(claimed) < room.limit:
        rest = replace(
            room,
            limit=room.limit - len(claimed),
            unproven=room.unproven - sum(one.unproven for one in claimed),
        )
        claimed += await claim_of(work, rest, own_times)
    return claimed


async def claim_of(work: Work, room: Room, times: Mapping[str, datetime]) -> list[Claimed]:
    """Take the heads of these tenants' lanes that are due at their presents."""
    own = tables.own_times(times)
    theirs = select(own).where(own.c.tenant_id == Lane.tenant_id, own.c.present >= Lane.due_at)
    return await _claim(work, room, theirs.exists())


def _due(work: Work, room: Room, is_due: ColumnElement[bool]) -> Subquery:
    """The lanes that are due at receivers with room, as far as is looked."""
    unproven = or_(Subscription.passed_at.is_(None), Subscription.failing_since.is_not(None))
    known = (
        func.unnest(
            cast([tenant for tenant, _ in room.known], ARRAY(String)),
            cast([subscription for _, subscription in room.known], ARRAY(String)),
            cast(list(room.known.values()), ARRAY(Integer)),
        )
        .table_valued("tenant_id", "subscription_id", column("room", Integer), name="known")
        .render_derived()
    )
    left = func.coalesce(known.c.room, room.each)
    return (
        select(
            Lane.tenant_id,
            Lane.subscription_id,
            Lane.lane_key,
            Lane.due_at,
            Lane.tries,
            unproven.label("unproven"),
            case((unproven, func.least(left, room.unproven_each)), else_=left).label("room"),
        )
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Lane.tenant_id,
                Subscription.subscription_id == Lane.subscription_id,
            ),
        )
        .outerjoin(
            known,
            and_(
                known.c.tenant_id == Lane.tenant_id,
                known.c.subscription_id == Lane.subscription_id,
            ),
        )
        .where(
            is_due,
            Subscription.enabled,
            left > 0,
            Lane.tenant_id != all_(cast(list(room.full), ARRAY(String))),
            or_(Lane.leased_until.is_(None), Lane.leased_until <= work.wall),
            *([] if room.unproven > 0 else [not_(unproven)]),
        )
        .order_by(Lane.due_at)
        .limit(room.limit * LOOK)
        .subquery("due")
    )


def _wanted(work: Work, room: Room, is_due: ColumnElement[bool]) -> CTE:
    """Of those that are due as many as there is room for, held until the work ends."""
    due = _due(work, room, is_due)
    order = (due.c.due_at, due.c.tries, due.c.lane_key)
    of_receiver = func.row_number().over(
        partition_by=(due.c.tenant_id, due.c.subscription_id), order_by=order
    )
    of_tenant = func.row_number().over(partition_by=due.c.tenant_id, order_by=order)
    ranked = select(due, of_receiver.label("place"), of_tenant.label("in_tenant")).subquery("ranked")
    turn = func.row_number().over(partition_by=ranked.c.unproven, order_by=(ranked.c.due_at, ranked.c.tries))
    fitting = (
        select(ranked, turn.label("turn"))
        .where(ranked.c.place <= ranked.c.room, ranked.c.in_tenant <= room.each_tenant)
        .subquery("fitting")
    )
    return (
        select(Lane.tenant_id, Lane.subscription_id, Lane.lane_key, fitting.c.unproven)
        .join(
            fitting,
            and_(
                fitting.c.tenant_id == Lane.tenant_id,
                fitting.c.subscription_id == Lane.subscription_id,
                fitting.c.lane_key == Lane.lane_key,
            ),
        )
        .where(
            or_(not_(fitting.c.unproven), fitting.c.turn <= room.unproven),
            # Once more, of the row that is held now.
            is_due,
            or_(Lane.leased_until.is_(None), Lane.leased_until <= work.wall),
        )
        .order_by(fitting.c.due_at, fitting.c.tries)
        .limit(room.limit)
        .with_for_update(of=Lane, skip_locked=True)
        .cte("wanted")
    )


async def _claim(work: Work, room: Room, is_due: ColumnElement[bool]) -> list[Claimed]:
    due = _wanted(work, room, is_due)
    taken = (
        update(Lane)
        .where(
            Lane.tenant_id == due.c.tenant_id,
            Lane.subscription_id == due.c.subscription_id,
            Lane.lane_key == due.c.lane_key,
        )
        .values(leased_until=work.wall + LEASE, fence=Lane.fence + 1)
        .returning(
            Lane.tenant_id,
            Lane.subscription_id,
            Lane.lane_key,
            Lane.done_seq,
            Lane.fence,
            due.c.unproven,
        )
        .cte("taken")
    )
    return [Claimed(*row) for row in await work.db.execute(_heads(work, taken))]


def _heads(work: Work, taken: CTE) -> Select[Any]:
    return (
        select(
            taken.c.tenant_id,
            taken.c.subscription_id,
            taken.c.lane_key,
            Delivery.seq,
            taken.c.fence,
            Delivery.delivery_id,
            Delivery.classroom_id,
            Delivery.kind,
            Delivery.body,
            Delivery.query,
            Delivery.content_type,
            Subscription.url,
            _secrets(work),
            Tenant.allow_private,
            taken.c.unproven,
        )
        .join(
            Delivery,
            and_(
                Delivery.tenant_id == taken.c.tenant_id,
                Delivery.subscription_id == taken.c.subscription_id,
                Delivery.lane_key == taken.c.lane_key,
                Delivery.seq == taken.c.done_seq + 1,
            ),
        )
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == taken.c.tenant_id,
                Subscription.subscription_id == taken.c.subscription_id,
            ),
        )
        .join(Tenant, Tenant.tenant_id == taken.c.tenant_id)
    )


def _secrets(work: Work) -> ColumnElement[list[str]]:
    one, both = array([Subscription.secret]), array([Subscription.secret, Subscription.former_secret])
    return case((Subscription.former_until > work.wall, both), else_=one)


async def following(work: Work, tenant_id: str) -> datetime | None:
    """When, by its own clock, a tenant's next try is due."""
    return await work.db.scalar(
        select(func.min(Lane.due_at))
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Lane.tenant_id,
                Subscription.subscription_id == Lane.subscription_id,
            ),
        )
        .where(Lane.tenant_id == tenant_id, Subscription.enabled)
    )
