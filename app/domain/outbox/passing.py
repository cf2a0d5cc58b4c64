"""Settling what was taken, many messages in one statement; everything else is settled one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.outbox.claiming import LEASE, Claimed
from app.domain.outbox.settling import RECENTLY, Outcome, kept
from app.kit import ids, statements
from app.kit.work import Work


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that its receiver took, and whether its sender would go on with the next of the lane."""

    claimed: Claimed
    outcome: Outcome
    go_on: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """That a message is settled: whether the lease holds for the next one, else the lane is anybody's."""

    goes_on: bool
    stale: bool
    """Whether the receiver's row does not say yet that something passes there: `mark_well` is called for."""


async def settle_taken(work: Work, taken: Sequence[Taken]) -> list[Written | None]:
    """Write down messages that were taken, at most one of a lane; what became of each.

    None: nothing was written, because somebody holds the lane's row, the lease was lost, or the tenant has a
    clock of its own; `settle` tells them apart. Here no held row is waited for: whoever holds as many rows as
    this would stand in a circle one day.
    """
    found = await statements.rows(work, SETTLE, *values(taken, work.wall))
    written: list[Written | None] = [None] * len(taken)
    for number, goes_on, more, stale in found:
        written[number] = Written(goes_on, stale)
        if more and not goes_on:
            work.ring("outbox")
    return written


def values(taken: Sequence[Taken], wall: datetime) -> tuple[object, ...]:
    """What the statement is given, in the order of its placeholders."""
    rows = (
        (
            number,
            one.claimed.tenant_id,
            one.claimed.subscription_id,
            one.claimed.lane_key,
            one.claimed.fence,
            one.claimed.sender,
            one.claimed.seq,
            one.claimed.url,
            one.go_on,
            one.claimed.delivery_id,
            ids.new_id(),
            one.outcome.status,
            one.outcome.duration_ms,
            kept(one.outcome.request_head),
            kept(one.outcome.response_head),
            kept(one.outcome.response_body),
        )
        for number, one in enumerate(taken)
    )
    return (wall, wall + LEASE, wall - RECENTLY, *(list(column) for column in zip(*rows, strict=True)))


async def mark_well(work: Work, claimed: Iterable[Claimed]) -> None:
    """Write down that something passes at these receivers, where the address is still the one that took."""
    urls = {(one.tenant_id, one.subscription_id): one.url for one in claimed}
    await statements.rows(
        work,
        _MARK,
        work.wall,
        work.wall - RECENTLY,
        [tenant for tenant, _ in urls],
        [subscription for _, subscription in urls],
        list(urls.values()),
    )


SETTLE: Final = """
WITH one AS (
    SELECT * FROM unnest(
        $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::int[], $11::text[],
        $12::bool[], $13::text[], $14::text[], $15::int[], $16::int[], $17::text[], $18::text[], $19::text[]
    ) AS one (
        number, tenant_id, subscription_id, lane_key, fence, sender, seq, url, go_on,
        delivery_id, attempt_id, status, duration_ms, request_head, response_head, response_body
    )
), held AS (
    SELECT one.*, subscriptions.enabled,
        -- A sender that was taken for dead does not go on, nor does one whose receiver moved.
        one.go_on AND subscriptions.url = one.url AND lanes.leased_by IS NOT DISTINCT FROM one.sender AS same,
        subscriptions.url = one.url AND (
            subscriptions.failing_since IS NOT NULL OR subscriptions.passed_at IS NULL
            OR subscriptions.passed_at <= $3::timestamptz
        ) AS stale
    FROM one
    JOIN lanes USING (tenant_id, subscription_id, lane_key)
    JOIN subscriptions USING (tenant_id, subscription_id)
    JOIN tenants USING (tenant_id)
    WHERE lanes.fence = one.fence AND lanes.leased_until IS NOT NULL AND lanes.done_seq < one.seq
        AND tenants.stands_at IS NULL AND tenants.ahead IS NULL
    FOR NO KEY UPDATE OF lanes SKIP LOCKED
), moved AS (
    UPDATE lanes SET done_seq = held.seq, tries = 0, refusals = 0, failed_at = NULL,
        due_at = CASE WHEN NOT held.enabled OR lanes.last_seq <= held.seq THEN NULL
            WHEN held.same THEN lanes.due_at ELSE $1::timestamptz END,
        leased_until = CASE WHEN held.enabled AND held.same AND lanes.last_seq > held.seq
            THEN $2::timestamptz END
    FROM held
    WHERE lanes.tenant_id = held.tenant_id AND lanes.subscription_id = held.subscription_id
        AND lanes.lane_key = held.lane_key
    RETURNING held.number, lanes.leased_until IS NOT NULL AS goes_on, lanes.due_at IS NOT NULL AS more,
        held.stale
), delivered AS (
    UPDATE deliveries SET state = 'delivered', settled_at = $1::timestamptz
    FROM held
    WHERE deliveries.tenant_id = held.tenant_id AND deliveries.subscription_id = held.subscription_id
        AND deliveries.lane_key = held.lane_key AND deliveries.seq = held.seq
), noted AS (
    INSERT INTO attempts (
        tenant_id, delivery_id, attempt_id, logged_at, at, status, duration_ms,
        request_head, response_head, response_body
    )
    SELECT tenant_id, delivery_id, attempt_id, $1::timestamptz, $1::timestamptz, status, duration_ms,
        request_head, response_head, response_body
    FROM held
)
SELECT number, goes_on, more, stale FROM moved
"""

_MARK: Final = """
WITH one AS (
    SELECT * FROM unnest($3::text[], $4::text[], $5::text[]) AS one (tenant_id, subscription_id, url)
), held AS (
    SELECT subscriptions.tenant_id, subscriptions.subscription_id
    FROM one JOIN subscriptions USING (tenant_id, subscription_id, url)
    WHERE subscriptions.failing_since IS NOT NULL OR subscriptions.passed_at IS NULL
        OR subscriptions.passed_at <= $2::timestamptz
    -- In one order, so that no two of these wait for each other.
    ORDER BY subscriptions.tenant_id, subscriptions.subscription_id
    FOR NO KEY UPDATE OF subscriptions
)
UPDATE subscriptions
SET passed_at = $1::timestamptz, away_tries = 0, failing_since = NULL, parked_until = NULL
FROM held
WHERE subscriptions.tenant_id = held.tenant_id AND subscriptions.subscription_id = held.subscription_id
"""
