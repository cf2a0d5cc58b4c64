"""What is old enough goes, by each tenant's clock; what is younger or still owed stays."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from common import START
from school import School

from app.domain import enquiries, inbox, outbox, retention
from app.domain.activities.tables import Message
from app.domain.classrooms.plan import Recording
from app.domain.classrooms.tables import Classroom
from app.domain.inbox import queries as arrived
from app.domain.outbox import Outcome, secrets
from app.domain.outbox.claiming import Room
from app.domain.recordings import queries as recordings
from app.domain.retention import Cut, Sweep, cutting
from app.domain.tenants import clock as clocks
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.keeper import Keep, Keeper

IP = "198.51.100.77"
KEEP = Keep(
    attempts=timedelta(days=30),
    deliveries=timedelta(days=30),
    events=timedelta(days=730),
    chats=timedelta(days=365),
    addresses=timedelta(days=90),
    inbox=timedelta(days=14),
)


async def held(school: School, clock: ManualClock, **plan: Any) -> Classroom:
    """A lesson of ten minutes in which Ada was and spoke, with its pings delivered."""
    classroom = await school.hold(await school.user("Ada"), clock, ip=IP, **plan)
    await send(school, 200)
    return classroom


async def send(school: School, status: int) -> int:
    """Settle everything that is due with this answer; how many tries that were."""
    tries = 0
    while True:
        async with school.begin() as work:
            claimed = await outbox.claim(work, Room.for_all(100))
        if not claimed:
            return tries
        for one in claimed:
            async with school.begin() as work:
                await outbox.settle(work, one, Outcome(status, 1))
        tries += len(claimed)


async def swept(school: School, sweep: Sweep, age: timedelta) -> int:
    async with school.begin() as work:
        return await sweep(work, await Cut.after(work, age))


@pytest.fixture
def keeper(rolled_back: Works) -> Keeper:
    return Keeper(rolled_back, KEEP)


async def counts(school: School) -> tuple[int, int, int]:
    rows = await school.rows()
    return rows.get("deliveries", 0), rows.get("lanes", 0), rows.get("attempts", 0)


async def test_settled_deliveries_go_after_their_time_with_their_lanes_and_tries(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    await held(school, clock)
    made = await counts(school)
    assert made[0] == made[2] > 3
    clock.advance(timedelta(days=29))
    await keeper.tick()
    assert await counts(school) == made
    clock.advance(timedelta(days=3))
    await keeper.tick()
    assert await counts(school) == (0, 0, 0)


async def test_what_is_still_owed_never_goes_and_comes_out_in_order_years_later(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    async with school.begin() as work:
        [receiver] = await outbox.log.subscriptions(work, school.tenant_id)
        await outbox.steering.pause(work, school.tenant_id, receiver.subscription_id)
    await held(school, clock)
    owed = (await counts(school))[0]
    clock.advance(timedelta(days=3650))
    await keeper.tick()
    assert (await counts(school))[0] == owed > 3
    async with school.begin() as work:
        await outbox.steering.resume(work, school.tenant_id, receiver.subscription_id)
    assert await send(school, 200) == owed


async def test_a_class_whose_old_pings_went_numbers_new_ones_from_the_start(
    school: School, clock: ManualClock
) -> None:
    classroom = await held(school, clock, kind="standing")
    clock.advance(timedelta(days=40))
    assert await swept(school, retention.drop_deliveries, timedelta(days=30)) > 3
    await school.start(classroom)
    assert await send(school, 200) == 1
    assert (await counts(school))[:2] == (1, 1)


async def test_pings_that_were_sent_again_leave_no_lane(school: School, clock: ManualClock) -> None:
    await held(school, clock)
    async with school.begin() as work:
        [receiver] = await outbox.log.subscriptions(work, school.tenant_id)
    for _ in range(2):
        async with school.begin() as work:
            await outbox.steering.replay(work, school.tenant_id, receiver.subscription_id, START)
        await send(school, 200)
    clock.advance(timedelta(days=40))
    assert await swept(school, retention.drop_deliveries, timedelta(days=30)) > 3
    assert (await counts(school))[:2] == (0, 0)


async def test_a_lane_with_a_younger_ping_stays(school: School, clock: ManualClock) -> None:
    classroom = await held(school, clock, kind="standing")
    clock.advance(timedelta(days=40))
    await school.start(classroom)
    await send(school, 200)
    assert await swept(school, retention.drop_deliveries, timedelta(days=30)) > 3
    assert (await counts(school))[:2] == (1, 1)


async def test_addresses_are_blanked_in_visits_and_reports_and_nowhere_else(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    classroom = await held(school, clock)
    before = await school.report(classroom)
    clock.advance(timedelta(days=89))
    await keeper.tick()
    assert await school.report(classroom) == before
    clock.advance(timedelta(days=2))
    await keeper.tick()
    blank = {"ip": "", "user_agent": ""}
    assert await school.report(classroom) == {who: row | blank for who, row in before.items()}
    everything = await school.everything()
    assert IP not in everything
    assert "Browser" not in everything


async def test_who_is_still_there_keeps_the_address(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await school.enter(classroom, await school.seat(classroom), ip=IP)
    clock.advance(timedelta(days=100))
    assert await swept(school, retention.blank_visits, timedelta(days=90)) == 0
    assert IP in await school.everything()


async def test_the_rows_of_a_report_keep_their_order(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    seats = [await school.seat(classroom, name) for name in ("Cleo", "Ada", "Bob")]
    await school.start(classroom)
    there = [await school.enter(classroom, seat, ip=IP) for seat in seats]
    clock.advance(timedelta(minutes=10))
    for visit in there:
        await school.leave(visit)
    await school.end(classroom)
    await school.tick()
    people = list(await school.report(classroom))
    assert len(people) == 3
    clock.advance(timedelta(days=100))
    assert await swept(school, retention.blank_reports, timedelta(days=90)) == 1
    assert list(await school.report(classroom)) == people
    assert await swept(school, retention.blank_reports, timedelta(days=90)) == 0


async def test_chats_go_with_the_text_that_the_ledger_has(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    classroom = await held(school, clock)
    clock.advance(timedelta(days=364))
    await keeper.tick()
    assert (await school.rows())["messages"] == 1
    clock.advance(timedelta(days=2))
    await keeper.tick()
    assert "messages" not in await school.rows()
    [said] = [event.data for event in await school.events(classroom) if event.kind == "MessageSent"]
    assert (said["text"], said["name"]) == ("", "Ada")
    assert "My secret" not in await school.everything()


async def test_events_go_and_the_numbers_go_on(school: School, clock: ManualClock, keeper: Keeper) -> None:
    classroom = await held(school, clock, kind="standing")
    last = (await school.events(classroom))[-1].seq
    clock.advance(timedelta(days=731))
    await keeper.tick()
    assert await school.events(classroom) == []
    await school.start(classroom)
    assert [event.seq for event in await school.events(classroom)] == [last + 1]


async def test_a_recording_goes_with_what_it_shows(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    classroom = await held(school, clock, recording=Recording(record=True))
    async with school.begin() as work:
        [made] = await recordings.of_classroom(work, school.tenant_id, classroom.classroom_id)
        shown = await recordings.page(work, made)
    assert "MessageSent" in [one.kind for one in shown]
    clock.advance(timedelta(days=731))
    await keeper.tick()
    async with school.begin() as work:
        assert await recordings.of_classroom(work, school.tenant_id, classroom.classroom_id) == []


async def test_questions_asked_and_the_inbox_go_in_their_time(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    asked = {"endpoint": "callback", "reference": "r", "person": "p", "why": "", "response": ""}
    async with school.begin() as work:
        await enquiries.note(
            work, school.tenant_id, "connect_lesson", **asked, granted=True, status=200, duration_ms=1
        )
        await inbox.put(work, "box", headers={}, body=b"{}")
    clock.advance(timedelta(days=15))
    await keeper.tick()
    async with school.begin() as work:
        assert await arrived.items(work, "box") == []
    assert (await school.rows())["enquiries"] == 1
    clock.advance(timedelta(days=16))
    await keeper.tick()
    assert "enquiries" not in await school.rows()


async def test_a_secret_that_signs_nothing_any_more_is_forgotten(
    school: School, clock: ManualClock, keeper: Keeper
) -> None:
    async with school.begin() as work:
        [receiver] = await outbox.log.subscriptions(work, school.tenant_id)
        former = receiver.secret
        await secrets.rotate(work, school.tenant_id, receiver.subscription_id, timedelta(hours=24))
    clock.advance(timedelta(hours=23))
    await keeper.tick()
    assert former in await school.everything()
    clock.advance(timedelta(hours=1))
    await keeper.tick()
    assert former not in await school.everything()


async def stand(school: School, at: datetime) -> None:
    """Let the tenant's clock stand there."""
    async with school.begin() as work:
        tenant = await clocks.of_test_tenant(work, school.tenant_id)
        tenant.stands_at = at


async def test_age_is_by_the_tenants_own_clock(
    school: School, other_school: School, clock: ManualClock
) -> None:
    for one in (school, other_school):
        await held(one, clock)
    # The one stands still while the world goes on; the other is far ahead of it.
    await stand(school, START + timedelta(days=1))
    clock.advance(timedelta(days=20))
    await stand(other_school, START + timedelta(days=100))
    for sweep in (retention.drop_deliveries, retention.blank_visits, retention.blank_reports):
        assert await swept(school, sweep, timedelta(days=30)) > 0
    assert IP not in await other_school.everything()
    assert (await other_school.rows()).get("deliveries", 0) == 0
    clock.advance(timedelta(days=2000))
    before = await school.everything()
    for sweep in (retention.drop_deliveries, retention.blank_visits, retention.drop_events):
        await swept(school, sweep, timedelta(days=30))
    assert await school.everything() == before


async def test_one_work_removes_no_more_than_a_batch(
    school: School, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "AT_ONCE", 4)
    await held(school, clock)
    events = (await school.rows())["events"]
    clock.advance(timedelta(days=800))
    removed = []
    while found := await swept(school, retention.drop_events, timedelta(days=730)):
        removed.append(found)
    assert (sum(removed), max(removed)) == (events, 4)


@pytest.fixture
async def held_back(busy_school: School, clock: ManualClock) -> AsyncIterator[School]:
    """A school on which another work holds one of the messages."""
    classroom = await held(busy_school, clock, kind="standing")
    seat = await busy_school.seat(classroom)
    await busy_school.say(classroom, seat, "Another")
    clock.advance(timedelta(days=400))
    async with busy_school.begin() as work:
        message = await work.db.scalar(
            cutting.select(Message)
            .where(Message.tenant_id == busy_school.tenant_id, Message.text == "Another")
            .with_for_update()
        )
        assert message is not None
        yield busy_school


async def test_what_somebody_holds_is_left_for_another_time(held_back: School) -> None:
    assert await swept(held_back, retention.drop_messages, timedelta(days=365)) == 1
    assert await swept(held_back, retention.drop_messages, timedelta(days=365)) == 0
    assert "Another" in await held_back.everything()


async def test_a_keeper_that_keeps_for_ever_removes_nothing(
    school: School, clock: ManualClock, rolled_back: Works
) -> None:
    await held(school, clock)
    before = await school.rows()
    clock.advance(timedelta(days=36_500))
    await Keeper(rolled_back, Keep()).tick()
    assert await school.rows() == before
