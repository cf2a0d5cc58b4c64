"""Settling a try: the message was taken, the receiver is away, or it refused this message.

Away parks the receiver: all its lanes wait, by a back-off of its own, and no message loses order or tries.
A refused message holds its own lane back for a while, then goes aside, and the lane goes on without it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Update, select, update

from app.domain.outbox.claiming import Claimed
from app.domain.outbox.lanes import RESENT, beside
from app.domain.outbox.tables import Attempt, Delivery, Lane, Subscription
from app.kit import ids
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules import backoff
from app.rules.backoff import Verdict

MOST_KEPT: Final = 4096
"""Of each text of a try."""
RECENTLY: Final = timedelta(seconds=5)
"""How exact it is known when something passed last."""
OFTEN: Final = 5
"""Failures in a row before a receiver is given up, however long ago the first one was."""


@dataclass(frozen=True)
class Outcome:
    """How a try went; `status` None with an `error`: no answer."""

    status: int | None
    duration_ms: int
    error: str | None = None
    request_head: str = ""
    response_head: str = ""
    response_body: str = ""
    retry_after: timedelta | None = None


async def settle(work: Work, claimed: Claimed, outcome: Outcome) -> bool:
    """Write down how a try went. False when the lease was lost meanwhile: only the try is noted then."""
    _note(work, claimed, outcome)
    verdict = backoff.judge(outcome.status)
    subscription = await _locked_subscription(work, claimed, outcome, verdict)
    lane = await work.db.scalar(
        select(Lane)
        .where(
            Lane.tenant_id == claimed.tenant_id,
            Lane.subscription_id == claimed.subscription_id,
            Lane.lane_key == claimed.lane_key,
            Lane.fence == claimed.fence,
            # Null: it is settled already, and whoever asks again did not hear of it.
            Lane.leased_until.is_not(None),
        )
        .with_for_update()
    )
    if subscription is None or lane is None:
        return False
    lane.leased_until = None
    if lane.done_seq >= claimed.seq:
        return False
    if verdict is Verdict.DELIVERED:
        await _pass(work, subscription, lane, claimed)
    elif subscription.url != claimed.url:
        # What the former address answered says nothing of the one that was set since.
        lane.due_at = work.now
    else:
        await _fail(work, subscription, lane, claimed, outcome)
    if not subscription.enabled:
        lane.due_at = None
    await work.db.flush()
    return True


def _note(work: Work, claimed: Claimed, outcome: Outcome) -> None:
    work.db.add(
        Attempt(
            tenant_id=claimed.tenant_id,
            delivery_id=claimed.delivery_id,
            attempt_id=ids.new_id(),
            logged_at=work.wall,
            at=work.now,
            status=outcome.status,
            duration_ms=outcome.duration_ms,
            error=outcome.error and kept(outcome.error),
            request_head=kept(outcome.request_head),
            response_head=kept(outcome.response_head),
            response_body=kept(outcome.response_body),
        )
    )


def kept(text: str) -> str:
    """As much as is kept, without what the database cannot hold."""
    return text[:MOST_KEPT].replace("\0", "").encode("utf-8", "replace").decode()


async def _locked_subscription(
    work: Work, claimed: Claimed, outcome: Outcome, verdict: Verdict
) -> Subscription | None:
    """The subscription; held before the lane where the outcome changes it, else only read.

    Mostly it does not, so the lanes of one subscription settle side by side.
    """
    wanted = select(Subscription).where(
        Subscription.tenant_id == claimed.tenant_id,
        Subscription.subscription_id == claimed.subscription_id,
    )
    found = await work.db.scalar(wanted)
    if found is None:
        return None
    if verdict is Verdict.DELIVERED:
        changes = found.failing_since is not None or not _passed_lately(work, found)
    elif verdict is Verdict.AWAY:
        changes = not _others_passed(work, found, outcome)
    else:
        changes = verdict is Verdict.GONE or not _passed_lately(work, found)
    if changes:
        held = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
        return await work.db.scalar(held)
    # Whatever is set on it below is not to be written.
    work.db.expunge(found)
    return found


def _passed_lately(work: Work, subscription: Subscription) -> bool:
    return subscription.passed_at is not None and subscription.passed_at > work.now - RECENTLY


def _others_passed(work: Work, subscription: Subscription, outcome: Outcome) -> bool:
    """Whether something passed while this was tried: the receiver is there, whatever became of this."""
    began = work.now - timedelta(milliseconds=outcome.duration_ms) - RECENTLY
    return subscription.passed_at is not None and subscription.passed_at >= began


async def _pass(work: Work, subscription: Subscription, lane: Lane, claimed: Claimed) -> None:
    if subscription.url == claimed.url:
        subscription.failing_since = subscription.parked_until = None
        subscription.passed_at, subscription.away_tries = work.now, 0
    await _finish(work, lane, claimed, "delivered")


async def _fail(
    work: Work, subscription: Subscription, lane: Lane, claimed: Claimed, outcome: Outcome
) -> None:
    lane.tries += 1
    match backoff.judge(outcome.status):
        case Verdict.GONE:
            lane.due_at = None
            await disable(work, claimed.tenant_id, claimed.subscription_id, "The receiver answered 410 Gone.")
            return
        case Verdict.AWAY if _others_passed(work, subscription, outcome):
            lane.due_at = backoff.after_away(lane.tries, work.now, _key(work, lane), outcome.retry_after)
        case Verdict.AWAY:
            lane.due_at = await _park(work, subscription, lane, outcome)
        case _:
            await _refused(work, subscription, lane, claimed)
    if not _passed_lately(work, subscription):
        subscription.failing_since = subscription.failing_since or work.now
        often = subscription.away_tries >= OFTEN or lane.refusals >= OFTEN
        if often and work.now - subscription.failing_since >= backoff.GIVEN_UP:
            reason = f"Nothing was taken since {subscription.failing_since:%Y-%m-%d %H:%M} UTC."
            await disable(work, claimed.tenant_id, claimed.subscription_id, reason)


async def _park(work: Work, subscription: Subscription, lane: Lane, outcome: Outcome) -> datetime:
    """Let the whole receiver rest. Then its lane that was tried least goes first; when this one is due."""
    if subscription.parked_until is None or subscription.parked_until <= work.now:
        # Of many that failed at once the first one counts.
        subscription.away_tries += 1
    key = _key(work, lane, subscription.subscription_id)
    again = backoff.parked(max(subscription.away_tries, 1), work.now, key, outcome.retry_after)
    subscription.parked_until = again = max(again, subscription.parked_until or again)
    await work.db.flush()
    mine = (Lane.tenant_id == lane.tenant_id, Lane.subscription_id == lane.subscription_id)
    others = select(Lane.lane_key).where(*mine, Lane.lane_key != lane.lane_key, Lane.due_at.is_not(None))
    least = others.where(Lane.tries < lane.tries).order_by(Lane.tries, Lane.due_at).limit(at_most(1))
    first = await work.db.scalar(least.with_for_update(skip_locked=True))
    # A lane that somebody holds stays as it is, and rests after its own failure.
    held_back = others.where(Lane.due_at < again + backoff.PROBE).with_for_update(skip_locked=True)
    await work.db.execute(_due(lane, again + backoff.PROBE, Lane.lane_key.in_(held_back)))
    if first is None:
        return again
    await work.db.execute(_due(lane, again, Lane.lane_key == first))
    return again + backoff.PROBE


def _due(lane: Lane, at: datetime | None, which: ColumnElement[bool]) -> Update:
    """Lanes beside this one are due then."""
    return (
        update(Lane)
        .where(Lane.tenant_id == lane.tenant_id, Lane.subscription_id == lane.subscription_id, which)
        .values(due_at=at)
        .execution_options(synchronize_session=False)
    )


async def _refused(work: Work, subscription: Subscription, lane: Lane, claimed: Claimed) -> None:
    lane.failed_at = lane.failed_at or work.now
    lane.refusals += 1
    if lane.lane_key == RESENT + claimed.delivery_id:
        lane.due_at = backoff.after_alone(lane.refusals, work.now, _key(work, lane))
        if lane.due_at is None:
            await _finish(work, lane, claimed, "dead")
        return
    others_pass = subscription.passed_at is not None and subscription.passed_at > lane.failed_at
    if backoff.goes_aside(lane.refusals, lane.failed_at, work.now, others_pass=others_pass):
        await _put_aside(work, lane, claimed)
    else:
        lane.due_at = backoff.after_refusal(lane.refusals, work.now, _key(work, lane))


async def _put_aside(work: Work, lane: Lane, claimed: Claimed) -> None:
    """The message goes on in a lane of its own, and its classroom's lane without it."""
    due_at = backoff.after_alone(backoff.PUT_ASIDE, work.now, _key(work, lane, claimed.delivery_id))
    await beside(
        work,
        claimed.tenant_id,
        claimed.subscription_id,
        claimed.delivery_id,
        due_at,
        refusals=backoff.PUT_ASIDE,
    )
    _advance(work, lane, claimed)


def _key(work: Work, lane: Lane, what: str = "") -> str:
    """By what waits are told apart: the lane, unless it is something else."""
    return "" if work.frozen else f"{lane.tenant_id}/{what or lane.subscription_id + lane.lane_key}"


async def _finish(work: Work, lane: Lane, claimed: Claimed, state: str) -> None:
    _advance(work, lane, claimed)
    await work.db.execute(
        update(Delivery)
        .where(Delivery.tenant_id == claimed.tenant_id, Delivery.delivery_id == claimed.delivery_id)
        .values(state=state, settled_at=work.now)
    )


def _advance(work: Work, lane: Lane, claimed: Claimed) -> None:
    """The head is done with; the next one is due, where there is one."""
    lane.done_seq, lane.tries, lane.refusals, lane.failed_at = claimed.seq, 0, 0, None
    lane.due_at = work.now if lane.last_seq > claimed.seq else None
    if lane.due_at is not None:
        work.ring("outbox")


async def disable(work: Work, tenant_id: str, subscription_id: str, reason: str) -> None:
    """Send nothing more; what is owed stays, in order, until somebody says so."""
    await work.db.execute(
        update(Subscription)
        .where(Subscription.tenant_id == tenant_id, Subscription.subscription_id == subscription_id)
        .values(enabled=False, disabled_reason=reason, parked_until=None)
    )
    waiting = select(Lane.lane_key).where(
        Lane.tenant_id == tenant_id, Lane.subscription_id == subscription_id, Lane.due_at.is_not(None)
    )
    await work.db.execute(
        update(Lane)
        .where(
            Lane.tenant_id == tenant_id,
            Lane.subscription_id == subscription_id,
            Lane.lane_key.in_(waiting.with_for_update(skip_locked=True)),
        )
        .values(due_at=None)
    )
