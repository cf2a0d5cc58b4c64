"""Claiming what is due: a lease keeps two senders from one lane, the fence tells a claim from a later one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self

from sqlalchemy import and_, func, select

from app.domain.outbox.tables import Lane, Subscription
from app.kit import statements
from app.kit.work import Work

LEASE: Final = timedelta(seconds=30)
"""Longer than one request may take, so that no lane is claimed twice while it is being sent."""

LOOK: Final = 256
"""How many due lanes are looked at, of which some are taken: one receiver may have many.

It stands in the statements as a number, since the planner has to know it to go by the index.
"""
LOOK_EACH: Final = 64
"""How many of each receiver, where receivers are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The head of a lane, to be sent by whoever holds this fence until the lease runs out."""

    tenant_id: str
    subscription_id: str
    lane_key: str
    fence: int
    unproven: bool
    """Whether nothing has passed there yet, or nothing since it failed."""
    url: str
    secrets: list[str]
    """To sign with: the one that holds, and the former one while receivers change over."""
    allow_private: bool
    seq: int
    delivery_id: str
    classroom_id: str
    kind: str
    body: bytes
    query: str
    content_type: str
    sender: int | None = None
    """The number of the sender, by which the lease ends with it."""
    crowded: bool = False
    """Whether more was due than was looked at: with these taken, others may be found behind them."""
    following: "tuple[Claimed, ...]" = ()
    """The next messages of the lane, each to be sent when the one before was taken and settled."""


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


async def claim(work: Work, room: Room, *, depth: int = 1, sender: int | None = None) -> list[Claimed]:
    """Take the heads of lanes that are due by their tenants' clocks, those first that waited longest.

    Of a lane up to `depth` messages come along, of an unproven receiver's the head alone. The lease ends
    after a while, or with the `sender`, if that has a number.
    """
    return await _claimed(work, OF_ALL, *values(room, work.wall, depth=depth, sender=sender))


async def claim_of(work: Work, room: Room, times: Mapping[str, datetime], *, depth: int = 1) -> list[Claimed]:
    """Take the heads of these tenants' lanes that are due at these presents."""
    given = values(room, work.wall, depth=depth, sender=None)
    return await _claimed(work, OF_SOME, *given, list(times), list(times.values()))


def values(room: Room, wall: datetime, *, depth: int, sender: int | None) -> tuple[object, ...]:
    """What both statements are given, in the order of their placeholders."""
    known = room.known
    return (
        wall,
        wall + LEASE,
        room.limit,
        max(room.unproven, 0),
        room.unproven_each,
        room.each,
        room.each_tenant,
        [tenant for tenant, _ in known],
        [subscription for _, subscription in known],
        list(known.values()),
        list(room.full),
        depth,
        sender,
    )


async def _claimed(work: Work, statement: str, *given: object) -> list[Claimed]:
    found = await statements.rows(work, statement, *given)
    lanes: dict[tuple[str, str, str], list[Claimed]] = {}
    for row in found:
        one = Claimed(*row)
        lanes.setdefault((one.tenant_id, one.subscription_id, one.lane_key), []).append(one)
    return [replace(first, following=tuple(rest)) if rest else first for first, *rest in lanes.values()]


_DUE: Final = """
    SELECT lanes.tenant_id, lanes.subscription_id, lanes.lane_key, lanes.due_at, lanes.tries, unproven,
        {present} - lanes.due_at AS waited,
        CASE WHEN unproven THEN least(coalesce(known.room, $6::int), $5::int)
            ELSE coalesce(known.room, $6::int) END AS room
    FROM {lanes}
    CROSS JOIN LATERAL (SELECT passed_at IS NULL OR failing_since IS NOT NULL) AS kind (unproven)
    LEFT JOIN known ON known.tenant_id = subscriptions.tenant_id
        AND known.subscription_id = subscriptions.subscription_id
    WHERE {due} AND subscriptions.enabled AND subscriptions.tenant_id <> ALL ($11::text[])
        AND coalesce(known.room, $6::int) > 0 AND ($4::int > 0 OR NOT unproven)
    ORDER BY lanes.due_at
    LIMIT {look}
"""
_OF_MACHINE_TIME: Final = _DUE.format(
    lanes="lanes JOIN subscriptions USING (tenant_id, subscription_id)",
    present="$1::timestamptz",
    due="""lanes.due_at <= $1::timestamptz
        AND lanes.tenant_id <> ALL (ARRAY(SELECT own.tenant_id FROM own))
        AND (lanes.leased_until IS NULL OR lanes.leased_until <= $1::timestamptz)""",
    look=LOOK,
)
# Receiver by receiver: so each is asked by the index for the first that are due there.
_OF_OWN_TIME: Final = _DUE.format(
    lanes=f"""own JOIN subscriptions USING (tenant_id) CROSS JOIN LATERAL (
        SELECT * FROM lanes
        WHERE lanes.due_at <= own.present AND lanes.tenant_id = subscriptions.tenant_id
            AND lanes.subscription_id = subscriptions.subscription_id
            AND (lanes.leased_until IS NULL OR lanes.leased_until <= $1::timestamptz)
        ORDER BY lanes.due_at LIMIT {LOOK_EACH}
    ) AS lanes""",  # noqa: S608 - same
    present="own.present",
    due="true",
    look=LOOK,
)

_CLAIM: Final = """
WITH known AS (
    SELECT * FROM unnest($8::text[], $9::text[], $10::int[]) AS known (tenant_id, subscription_id, room)
), own AS (
    {own}
), due AS (
    {due}
), placed AS (
    SELECT due.*,
        row_number() OVER (PARTITION BY tenant_id, subscription_id ORDER BY due_at, tries, lane_key) AS place,
        row_number() OVER (PARTITION BY tenant_id ORDER BY due_at, tries, lane_key) AS in_tenant
    FROM due
), fitting AS (
    SELECT placed.*, row_number() OVER (PARTITION BY unproven ORDER BY waited DESC, tries) AS turn
    FROM placed WHERE place <= room AND in_tenant <= $7::int
), wanted AS (
    SELECT held.tenant_id, held.subscription_id, held.lane_key, first.unproven
    FROM (
        SELECT * FROM fitting WHERE NOT unproven OR turn <= $4::int ORDER BY waited DESC, tries
    ) AS first
    -- Each by its key, however many are due; no more are held than are taken.
    CROSS JOIN LATERAL (
        SELECT lanes.* FROM lanes
        WHERE lanes.tenant_id = first.tenant_id AND lanes.subscription_id = first.subscription_id
            AND lanes.lane_key = first.lane_key
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS held
    -- Once more, of the row that is held now.
    WHERE held.due_at <= first.due_at AND (held.leased_until IS NULL OR held.leased_until <= $1)
    LIMIT $3::int
), taken AS (
    UPDATE lanes SET leased_until = $2::timestamptz, leased_by = $13::int, fence = lanes.fence + 1
    FROM wanted
    WHERE lanes.tenant_id = wanted.tenant_id AND lanes.subscription_id = wanted.subscription_id
        AND lanes.lane_key = wanted.lane_key
    RETURNING lanes.tenant_id, lanes.subscription_id, lanes.lane_key, lanes.done_seq, lanes.fence,
        wanted.unproven
)
SELECT taken.tenant_id, taken.subscription_id, taken.lane_key, taken.fence, taken.unproven,
    subscriptions.url,
    CASE WHEN subscriptions.former_until > $1 THEN ARRAY[subscriptions.secret, subscriptions.former_secret]
        ELSE ARRAY[subscriptions.secret] END,
    tenants.allow_private,
    head.seq, head.delivery_id, head.classroom_id, head.kind, head.body, head.query, head.content_type,
    $13::int, (SELECT count(*) >= {look} FROM due)
FROM taken
JOIN subscriptions USING (tenant_id, subscription_id)
JOIN tenants USING (tenant_id)
CROSS JOIN LATERAL (
    SELECT * FROM deliveries
    WHERE deliveries.tenant_id = taken.tenant_id AND deliveries.subscription_id = taken.subscription_id
        AND deliveries.lane_key = taken.lane_key AND deliveries.seq > taken.done_seq
    ORDER BY deliveries.seq
    LIMIT CASE WHEN taken.unproven THEN 1 ELSE $12::int END
) head
ORDER BY taken.tenant_id, taken.subscription_id, taken.lane_key, head.seq
"""

OF_ALL: Final = _CLAIM.format(
    own="SELECT tenant_id, coalesce(stands_at, $1::timestamptz + ahead) AS present FROM tenants "
    "WHERE stands_at IS NOT NULL OR ahead IS NOT NULL",
    due=f"({_OF_MACHINE_TIME}) UNION ALL ({_OF_OWN_TIME})",
    look=LOOK,
)
OF_SOME: Final = _CLAIM.format(
    own="SELECT * FROM unnest($14::text[], $15::timestamptz[]) AS own (tenant_id, present)",
    due=_OF_OWN_TIME,
    look=LOOK,
)


_LET_GO: Final = """
UPDATE lanes SET leased_until = NULL, due_at = CASE WHEN subscriptions.enabled THEN lanes.due_at END
FROM subscriptions
WHERE lanes.tenant_id = $1 AND lanes.subscription_id = $2 AND lanes.lane_key = $3 AND lanes.fence = $4
    AND lanes.leased_until IS NOT NULL
    AND subscriptions.tenant_id = lanes.tenant_id AND subscriptions.subscription_id = lanes.subscription_id
"""


async def let_go(work: Work, claimed: Claimed) -> None:
    """Give a lane back unsent, if it is still held: it is as if it had not been claimed."""
    named = (claimed.tenant_id, claimed.subscription_id, claimed.lane_key)
    await statements.rows(work, _LET_GO, *named, claimed.fence)


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
