"""Putting people out of a room, on PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
from lessons import Held, held

from app.domain import activities, participants, presence
from app.domain.activities.actor import SERVER
from app.domain.classrooms import queries as rooms
from app.domain.participants import queries as seats
from app.domain.presence import queries as visits
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.rules.refusals import BadValue, Banned, NotAllowed
from app.rules.seats import SeatRole


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


async def present(live: Held) -> list[str]:
    async with live.works.begin() as work:
        return [one.name for one in await visits.people(work, live.tenant_id, live.classroom_id)]


async def knock(live: Held, who: tuple[str, str, str]) -> None:
    """Somebody opens their link."""
    async with live.works.begin() as work:
        seat, _ = await seats.named(work, live.tenant_id, who[2])
        await seats.door(work, live.tenant_id, seat.link)


async def test_who_is_put_out_leaves_with_all_tabs_and_may_come_back(live: Held) -> None:
    student = live.students[0]
    for tab in ("one", "two"):
        await live.arrive(student, tab)
    await live.do(activities.raise_hand, student)
    await live.do(presence.put_out, live.host, whose=student[2])
    assert await present(live) == []
    told = [event for event in await live.events() if event.kind not in ("VisitorJoined", "HandRaised")]
    assert [event.kind for event in told] == ["HandLowered", "VisitorLeft", "ParticipantPutOut"]
    assert told[1].data["reason"] == "kicked"
    assert told[2].data == {
        "participant_id": student[2],
        "by": live.host[2],
        "barred": False,
        "until": None,
    }
    await knock(live, student)
    await live.arrive(student)
    assert await present(live) == ["Student 1"]


async def test_who_is_banned_is_refused_at_every_door_until_the_time_is_over(
    live: Held, clock: ManualClock
) -> None:
    student = live.students[0]
    await live.arrive(student)
    await live.do(presence.ban, live.moderator, whose=student[2], seconds=600)
    assert await present(live) == []
    clock.advance(timedelta(seconds=599))
    with pytest.raises(Banned):
        await knock(live, student)
    with pytest.raises(Banned):
        await live.arrive(student)
    with pytest.raises(Banned):
        await live.do(activities.raise_hand, student)
    clock.advance(timedelta(seconds=1))
    await knock(live, student)
    await live.arrive(student)
    assert await present(live) == ["Student 1"]


async def test_a_ban_without_an_end_outlasts_the_years_and_is_lifted_by_being_put_out_plainly(
    live: Held, clock: ManualClock
) -> None:
    student = live.students[0]
    await live.do(presence.ban, live.host, whose=student[2])
    clock.advance(timedelta(days=2000))
    with pytest.raises(Banned):
        await knock(live, student)
    await live.do(presence.put_out, live.host, whose=student[2])
    await knock(live, student)


async def test_a_seat_given_anew_is_one_without_a_ban(live: Held) -> None:
    student, user_id = live.students[0], live.user_ids[2]
    await live.do(presence.ban, live.host, whose=student[2])
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [user_id])
    async with live.works.begin() as work:
        await participants.enrol_many(work, live.tenant_id, live.classroom_id, [(user_id, "")])
    await knock(live, student)


async def test_whom_the_customer_vouches_for_is_refused_while_banned(live: Held) -> None:
    async def vouched() -> str:
        async with live.works.begin() as work:
            room = await rooms.by_id(work, live.tenant_id, live.classroom_id)
            person = UserDraft("Zoe", external_id="zoe")
            return (await participants.admit(work, room, person, SeatRole.PARTICIPANT)).participant_id

    zoe = await vouched()
    await live.do(presence.ban, live.host, whose=zoe)
    with pytest.raises(Banned):
        await vouched()


async def test_nobody_puts_out_an_equal_and_the_server_puts_out_anybody(live: Held) -> None:
    student, other = live.students
    for who, whose in ((student, other), (live.moderator, live.host), (live.host, live.host)):
        with pytest.raises(NotAllowed):
            await live.do(presence.put_out, who, whose=whose[2])
    await live.arrive(live.host)
    await live.do(presence.put_out, (*live.host[:2], SERVER), whose=live.host[2])
    assert await present(live) == []


async def test_who_is_not_of_this_class_is_not_put_out(live: Held, tenant: Tenant) -> None:
    stranger = (await held(live.works, tenant)).students[0]
    for whose in (stranger[2], "nobody"):
        with pytest.raises(BadValue):
            await live.do(presence.put_out, live.host, whose=whose)


async def test_who_comes_in_while_being_banned_is_not_left_in_the_room(live: Held) -> None:
    student = live.students[0]
    ban = live.do(presence.ban, live.host, whose=student[2])
    came = [live.arrive(student, f"tab {number}") for number in range(6)]
    found = await asyncio.gather(ban, *came, return_exceptions=True)
    assert await present(live) == []
    assert {type(one) for one in found} <= {type(None), str, Banned}


async def test_a_room_is_emptied_while_everybody_leaves_by_themselves(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=16)
    came = [await live.arrive(who) for who in live.students]

    async def leave(visit_id: str) -> None:
        async with works.begin() as work:
            await presence.close_visit(work, live.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)

    async def empty() -> None:
        async with works.begin() as work:
            await presence.close_all(
                work, live.tenant_id, live.classroom_id, reason=LeaveReason.ENDED, at=work.now
            )

    await asyncio.gather(empty(), *(leave(visit_id) for visit_id in reversed(came)))
    assert await present(live) == []
    assert (await live.kinds()).count("VisitorLeft") == 16
