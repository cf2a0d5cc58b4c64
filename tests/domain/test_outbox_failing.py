"""A receiver that is away rests as a whole; one that refuses a message holds back its lane for a while."""

from datetime import timedelta

import pytest
from box import AWAY, HANGS, HOUR, OK, REFUSED, SECOND, Outbox, refused_five_times

from app.domain.outbox import Outcome
from app.kit.clock import ManualClock


async def test_a_receiver_that_is_away_rests_with_all_its_lanes(box: Outbox, clock: ManualClock) -> None:
    await box.owe("a", "a1", "a2")
    assert await box.sent(AWAY) == ["a1"]
    await box.owe("b", "b1")
    clock.advance(4 * SECOND)
    assert await box.claim() == {}
    clock.advance(SECOND)
    assert await box.sent() == ["a1", "b1"]
    assert await box.sent() == ["a2"]
    kept = await box.state()
    assert (kept.failing_since, kept.parked_until, kept.away_tries) == (None, None, 0)


async def test_one_lane_tries_first_the_one_that_was_tried_least(box: Outbox, clock: ManualClock) -> None:
    for lane in ("a", "b", "c"):
        await box.owe(lane, lane)
    claimed = await box.claim()
    # Of three that fail at once the first one counts.
    for lane in ("a", "b", "c"):
        await box.settle(claimed[lane], AWAY)
    assert (await box.state()).away_tries == 1
    clock.advance(5 * SECOND)
    [(first, one)] = (await box.claim()).items()
    assert first == "c"
    await box.settle(one, AWAY)
    clock.advance(10 * SECOND)
    assert await box.sent() != ["c"]
    # It is there again: the others follow within the time of one request.
    clock.advance(20 * SECOND)
    await box.sent()
    assert set((await box.states()).values()) == {"delivered"}


async def test_each_absence_is_longer_up_to_five_minutes_and_none_loses_a_message(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    for wait in (5, 10, 20, 40, 80, 160, 300, 300):
        assert await box.sent(HANGS) == ["a1"]
        clock.advance(wait * 0.8 * SECOND)
        assert await box.claim() == {}
        clock.advance(wait * 0.2 * SECOND)
    assert [await box.sent(), await box.sent()] == [["a1"], ["a2"]]


async def test_retry_after_holds_for_the_whole_receiver(box: Outbox, clock: ManualClock) -> None:
    await box.owe("a", "a1")
    await box.sent(Outcome(429, 5, retry_after=timedelta(minutes=10)))
    await box.owe("b", "b1")
    clock.advance(timedelta(seconds=599))
    assert await box.claim() == {}
    clock.advance(SECOND)
    assert await box.sent() == ["a1", "b1"]


async def test_a_message_that_hangs_while_others_pass_holds_back_its_lane_alone(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    hanging = (await box.claim())["a1"]
    clock.advance(10 * SECOND)
    await box.owe("b", "b1", "b2")
    assert await box.sent() == ["b1"]
    clock.advance(5 * SECOND)
    await box.settle(hanging, HANGS)
    assert await box.sent() == ["b2"]
    kept = await box.state()
    assert (kept.failing_since, kept.parked_until) == (None, None)
    clock.advance(5 * SECOND)
    assert await box.sent() == ["a1"]


async def test_a_message_refused_while_others_pass_goes_aside_and_its_lane_goes_on(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    await refused_five_times(box, clock)
    await box.owe("b", "b1")
    claimed = await box.claim()
    await box.settle(claimed["b1"], OK)
    await box.settle(claimed["a1"], REFUSED)
    assert await box.sent() == ["a2"]
    assert await box.states() == {"a1": "pending", "a2": "delivered", "b1": "delivered"}
    clock.advance(timedelta(minutes=30))
    assert await box.sent() == ["a1"]


async def test_a_message_that_is_never_taken_dies_after_three_days_and_can_be_sent_again(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    await refused_five_times(box, clock)
    clock.advance(3 * HOUR)
    assert await box.sent(REFUSED) == ["a1"]
    assert await box.sent() == ["a2"]
    began = clock.now()
    while (await box.states())["a1"] == "pending":
        clock.advance(HOUR / 2)
        await box.sent(REFUSED)
    assert 78.5 * HOUR * 0.8 < clock.now() - began <= 78.5 * HOUR
    assert await box.claim() == {}
    await box.resend("a1")
    assert await box.sent() == ["a1"]


async def test_what_was_put_aside_can_be_sent_at_once(box: Outbox, clock: ManualClock) -> None:
    await box.owe("a", "a1")
    await refused_five_times(box, clock)
    clock.advance(3 * HOUR)
    await box.sent(REFUSED)
    assert await box.claim() == {}
    await box.resend("a1")
    assert await box.sent() == ["a1"]


async def test_a_receiver_that_refuses_everything_gets_it_in_order_when_it_is_mended(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    await box.owe("b", "b1", "b2")
    until = clock.now() + timedelta(hours=2)
    while clock.now() < until:
        assert set(await box.sent(Outcome(500, 5))) <= {"a1", "b1"}
        clock.advance(timedelta(minutes=5))
    clock.advance(timedelta(minutes=10))
    assert [await box.sent(), await box.sent()] == [["a1", "b1"], ["a2", "b2"]]


@pytest.mark.parametrize("status", [410, 404, 503, None])
async def test_what_a_former_address_says_late_is_not_held_against_the_new_one(
    box: Outbox, status: int | None
) -> None:
    await box.owe("a", "a1")
    late = (await box.claim())["a1"]
    await box.subscribe("http://127.0.0.1:9/moved")
    await box.settle(late, Outcome(status, 5))
    kept = await box.state()
    assert (kept.enabled, kept.failing_since, kept.parked_until) == (True, None, None)
    again = (await box.claim())["a1"]
    assert again.url == "http://127.0.0.1:9/moved"


async def test_five_days_of_absence_switch_off_with_a_reason_and_on_again_it_all_comes(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1", "a2")
    for _ in range(240):
        assert await box.sent(AWAY) == ["a1"]
        clock.advance(HOUR / 2)
    assert (await box.state()).enabled
    await box.sent(AWAY)
    off = await box.state()
    assert (off.enabled, off.disabled_reason) == (False, "Nothing was taken since 2026-03-02 08:00 UTC.")
    clock.advance(HOUR)
    assert await box.claim() == {}
    await box.subscribe()
    assert [await box.sent(), await box.sent()] == [["a1"], ["a2"]]


async def test_a_quiet_receiver_is_not_given_up_for_one_refusal_long_ago(
    box: Outbox, clock: ManualClock
) -> None:
    await box.owe("a", "a1")
    await box.sent(REFUSED)
    clock.advance(200 * HOUR)
    await box.sent(REFUSED)
    assert (await box.state()).enabled
