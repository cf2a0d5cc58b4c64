"""What is sent again fares as what is sent first: refused, it makes way, and it waits no longer."""

from datetime import timedelta

import pytest
from box import OK, REFUSED, SECOND, Outbox, refused_five_times
from common import START
from sqlalchemy import select, update

from app.domain.outbox import log, steering
from app.domain.outbox.tables import Delivery, Lane
from app.kit.clock import ManualClock


async def again(box: Outbox, how: str) -> None:
    """Send what died once more."""
    async with box.works.begin() as work:
        [kept] = await log.subscriptions(work, box.tenant_id)
        if how == "resume":
            # It failed all the time.
            kept.failing_since = START
            await steering.pause(work, box.tenant_id, kept.subscription_id)
            assert await steering.resume(work, box.tenant_id, kept.subscription_id) == 2
        else:
            send = steering.replay if how == "replay" else steering.replay_missing
            assert await send(work, box.tenant_id, kept.subscription_id, START) == 2


async def both_dead(box: Outbox) -> None:
    """Two messages of a class that nobody ever took."""
    await box.owe("a", "a1", "a2")
    async with box.works.begin() as work:
        mine = (Delivery.tenant_id == box.tenant_id,)
        await work.db.execute(update(Delivery).where(*mine).values(state="dead", settled_at=work.now))
        await work.db.execute(
            update(Lane).where(Lane.tenant_id == box.tenant_id).values(done_seq=Lane.last_seq, due_at=None)
        )


@pytest.mark.parametrize("how", ["replay", "replay-missing", "resume"])
async def test_a_message_sent_again_that_is_refused_makes_way_for_the_next_of_its_class(
    box: Outbox, clock: ManualClock, how: str
) -> None:
    await both_dead(box)
    await again(box, how)
    await refused_five_times(box, clock)
    await box.owe("b", "b1")
    claimed = await box.claim()
    await box.settle(claimed["b1"], OK)
    await box.settle(claimed["a1"], REFUSED)
    assert await box.sent() == ["a2"]
    assert await box.states() == {"a1": "pending", "a2": "delivered", "b1": "delivered"}
    clock.advance(timedelta(minutes=30))
    assert await box.sent() == ["a1"]


async def test_a_message_that_is_sent_again_by_itself_waits_as_long_as_in_its_class(
    box: Outbox, clock: ManualClock
) -> None:
    await both_dead(box)
    await box.resend("a1")
    await refused_five_times(box, clock)
    assert await box.sent(REFUSED) == ["a1"]
    clock.advance(timedelta(minutes=30))
    assert await box.sent(REFUSED) == ["a1"]


async def test_lanes_that_failed_together_do_not_come_together(box: Outbox, clock: ManualClock) -> None:
    for number in range(50):
        await box.owe(f"lane {number}", str(number))
    assert len(await box.sent(REFUSED)) == 50
    async with box.works.begin() as work:
        due = set(await work.db.scalars(select(Lane.due_at).where(Lane.tenant_id == box.tenant_id)))
    assert len(due) == 50
    assert clock.now() + 4 * SECOND < min(due) < max(due) <= clock.now() + 5 * SECOND
