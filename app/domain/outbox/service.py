"""Subscribing, owing, settling: the fence tells a claim from a later one of the same lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.outbox import log, queries
from app.domain.outbox.claiming import Claimed
from app.domain.outbox.notice import Notice
from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit import ids
from app.kit.signing import new_signing_secret
from app.kit.work import Work
from app.rules import backoff
from app.rules.backoff import Verdict
from app.rules.refusals import BadValue

HEAD_BYTES: Final = 4096
RESENT: Final = "~"
"""Begins the lane of a delivery that is sent again, beside the order of its classroom."""


@dataclass(frozen=True)
class Outcome:
    """How a try went; `status` None with an `error`: no answer."""

    status: int | None
    duration_ms: int
    error: str | None = None
    response_head: str = ""
    retry_after: timedelta | None = None


async def subscribe(  # noqa: PLR0913 - each value is named at the call
    work: Work, tenant_id: str, dialect: str, purpose: str, url: str, *, kinds: list[str] | None = None
) -> Subscription:
    """Send a dialect's notices (of these kinds; None: all) to this address from now on."""
    values = {
        "tenant_id": tenant_id,
        "subscription_id": ids.new_id(),
        "dialect": dialect,
        "purpose": purpose,
        "url": url,
        "secret": new_signing_secret(),
        "kinds": kinds,
        "enabled": True,
        "disabled_reason": None,
        "failing_since": None,
        "created_at": work.now,
    }
    await work.db.execute(
        insert(Subscription)
        .values(values)
        .on_conflict_do_update(
            index_elements=[Subscription.tenant_id, Subscription.dialect, Subscription.purpose],
            set_={"url": url, "kinds": kinds, "enabled": True, "disabled_reason": None},
            where=(Subscription.tenant_id == tenant_id),
        )
    )
    subscription = await queries.subscription(work, tenant_id, dialect, purpose)
    if subscription is None:
        message = "a subscription that was just written is missing"
        raise RuntimeError(message)
    await _wake_lanes(work, tenant_id, subscription.subscription_id)
    return subscription


async def unsubscribe(work: Work, tenant_id: str, dialect: str, purpose: str) -> None:
    """Send nothing there any more; what was still owed there is dropped with the subscription."""
    await work.db.execute(
        delete(Subscription).where(
            Subscription.tenant_id == tenant_id,
            Subscription.dialect == dialect,
            Subscription.purpose == purpose,
        )
    )


async def enqueue(
    work: Work, subscription: Subscription, classroom_id: str, notices: Sequence[Notice]
) -> None:
    """Owe these notices, after what the classroom already owes there."""
    wanted = [
        n
        for n in notices
        if n.purpose in (None, subscription.purpose)
        and (subscription.kinds is None or n.kind in subscription.kinds)
    ]
    if not wanted:
        return
    tenant_id, count = subscription.tenant_id, len(wanted)
    # The lane's row stays locked until commit, so numbers rise in commit order.
    # What a disabled subscription is owed waits in an idle lane.
    due_at = work.now if subscription.enabled else None
    fresh = insert(Lane).values(
        tenant_id=tenant_id,
        subscription_id=subscription.subscription_id,
        lane_key=classroom_id,
        last_seq=count,
        done_seq=0,
        due_at=due_at,
        leased_until=None,
        fence=0,
        tries=0,
        refusals=0,
    )
    numbered = await work.db.execute(
        fresh.on_conflict_do_update(
            index_elements=[Lane.tenant_id, Lane.subscription_id, Lane.lane_key],
            set_={
                "last_seq": Lane.last_seq + count,
                "due_at": fresh.excluded.due_at if due_at is None else func.coalesce(Lane.due_at, due_at),
            },
            where=(Lane.tenant_id == tenant_id),
        ).returning(Lane.last_seq)
    )
    first = numbered.scalar_one() - count + 1
    rows = [
        {
            "tenant_id": tenant_id,
            "subscription_id": subscription.subscription_id,
            "lane_key": classroom_id,
            "seq": first + place,
            "delivery_id": f"msg_{ids.new_id()}",
            "classroom_id": classroom_id,
            "kind": notice.kind,
            "body": notice.body,
            "query": notice.query,
            "content_type": notice.content_type,
            "state": "pending",
            "created_at": work.now,
            "settled_at": None,
        }
        for place, notice in enumerate(wanted)
    ]
    await work.db.execute(insert(Delivery), rows)
    work.ring("outbox")


async def settle(work: Work, claimed: Claimed, outcome: Outcome) -> bool:
    """Write down how a try went. False when the lease was lost meanwhile: only the try is noted then."""
    work.db.add(
        Attempt(
            tenant_id=claimed.tenant_id,
            attempt_id=ids.new_id(),
            delivery_id=claimed.delivery_id,
            at=work.now,
            status=outcome.status,
            duration_ms=outcome.duration_ms,
            error=outcome.error,
            response_head=outcome.response_head[:HEAD_BYTES].replace("\0", ""),
        )
    )
    subscription, mine = await _locked_subscription(work, claimed, backoff.judge(outcome.status))
    lane = await work.db.scalar(
        select(Lane)
        .where(
            Lane.tenant_id == claimed.tenant_id,
            Lane.subscription_id == claimed.subscription_id,
            Lane.lane_key == claimed.lane_key,
            Lane.fence == claimed.fence,
        )
        .with_for_update()
    )
    if subscription is None or lane is None or lane.done_seq >= claimed.seq:
        return False
    lane.leased_until = None
    await _apply(work, subscription if mine else None, lane, claimed, outcome)
    if not subscription.enabled:
        lane.due_at = None
    await work.db.flush()
    return True


async def resend(work: Work, tenant_id: str, delivery_id: str) -> None:
    """Send a settled delivery once more, under its own id, beside its classroom's order."""
    delivery = await log.delivery(work, tenant_id, delivery_id)
    if delivery.state == "pending":
        raise BadValue("delivery", "is still waiting to be delivered")
    lane_key = RESENT + delivery_id
    await work.db.execute(
        insert(Lane)
        .values(
            tenant_id=tenant_id,
            subscription_id=delivery.subscription_id,
            lane_key=lane_key,
            last_seq=1,
            done_seq=0,
            due_at=work.now,
            leased_until=None,
            fence=0,
            tries=0,
            refusals=0,
        )
        .on_conflict_do_update(
            index_elements=[Lane.tenant_id, Lane.subscription_id, Lane.lane_key],
            set_={"done_seq": 0, "due_at": work.now, "tries": 0, "refusals": 0},
            where=(Lane.tenant_id == tenant_id),
        )
    )
    await work.db.execute(
        update(Delivery)
        .where(Delivery.tenant_id == tenant_id, Delivery.delivery_id == delivery_id)
        .values(lane_key=lane_key, seq=1, state="pending", settled_at=None)
    )
    work.ring("outbox")


async def _locked_subscription(
    work: Work, claimed: Claimed, verdict: Verdict
) -> tuple[Subscription | None, bool]:
    """The subscription and whether it may be changed; locked before the lane, so nobody waits crosswise.

    Shared unless the verdict changes the row, so that the lanes of one subscription settle side by side.
    """
    wanted = select(Subscription).where(
        Subscription.tenant_id == claimed.tenant_id,
        Subscription.subscription_id == claimed.subscription_id,
    )
    found = await work.db.scalar(wanted)
    if found is None:
        return None, False
    failing = found.failing_since is not None
    changes = {Verdict.DELIVERED: failing, Verdict.AWAY: not failing, Verdict.GONE: True}.get(verdict, False)
    locked = wanted.with_for_update(key_share=True) if changes else wanted.with_for_update(read=True)
    return await work.db.scalar(locked.execution_options(populate_existing=True)), changes


async def _apply(
    work: Work, changing: Subscription | None, lane: Lane, claimed: Claimed, outcome: Outcome
) -> None:
    match backoff.judge(outcome.status):
        case Verdict.DELIVERED:
            if changing is not None:
                changing.failing_since = None
            await _finish(work, lane, claimed, "delivered")
        case Verdict.AWAY:
            lane.tries += 1
            lane.due_at = backoff.after_away(lane.tries, work.now, outcome.retry_after)
            if changing is not None:
                changing.failing_since = changing.failing_since or work.now
        case Verdict.REFUSED:
            lane.tries += 1
            lane.refusals += 1
            lane.due_at = backoff.after_refusal(lane.refusals, work.now)
            if lane.due_at is None:
                await _finish(work, lane, claimed, "dead")
        case Verdict.GONE:
            await _disable(work, claimed, "The receiver answered 410 Gone.")
            lane.due_at = None


async def _finish(work: Work, lane: Lane, claimed: Claimed, state: str) -> None:
    lane.done_seq, lane.tries, lane.refusals = claimed.seq, 0, 0
    lane.due_at = work.now if lane.last_seq > claimed.seq else None
    if lane.due_at is not None:
        work.ring("outbox")
    await work.db.execute(
        update(Delivery)
        .where(Delivery.tenant_id == claimed.tenant_id, Delivery.delivery_id == claimed.delivery_id)
        .values(state=state, settled_at=work.now)
    )


async def _disable(work: Work, claimed: Claimed, reason: str) -> None:
    mine = (
        Subscription.tenant_id == claimed.tenant_id,
        Subscription.subscription_id == claimed.subscription_id,
    )
    await work.db.execute(update(Subscription).where(*mine).values(enabled=False, disabled_reason=reason))
    await work.db.execute(
        update(Lane)
        .where(Lane.tenant_id == claimed.tenant_id, Lane.subscription_id == claimed.subscription_id)
        .values(due_at=None)
    )


async def _wake_lanes(work: Work, tenant_id: str, subscription_id: str) -> None:
    """Let lanes that fell idle while the subscription was disabled go on."""
    await work.db.execute(
        update(Lane)
        .where(
            Lane.tenant_id == tenant_id,
            Lane.subscription_id == subscription_id,
            Lane.due_at.is_(None),
            Lane.last_seq > Lane.done_seq,
        )
        .values(due_at=work.now, tries=0, refusals=0)
    )
    work.ring("outbox")
