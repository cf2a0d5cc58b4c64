"""The stage, on PostgreSQL."""

import asyncio

import pytest
from lessons import Held, held

from app.domain import activities, classrooms, participants, presence
from app.domain.activities import people
from app.domain.activities.actor import SERVER
from app.domain.classrooms.plan import Controls
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.rules.refusals import BadValue, NotAllowed, NotInvited, StageFull


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant, students=4)


async def stage(live: Held) -> tuple[list[str], list[str]]:
    async with live.works.begin() as work:
        found = await people.stage(work, live.tenant_id, live.classroom_id)
    return found.on_stage, found.invited


async def places(live: Held, many: int) -> None:
    async with live.works.begin() as work:
        changes = {"controls": Controls(stage_places=many)}
        await classrooms.edit(work, live.tenant_id, live.classroom_id, changes)


async def test_who_is_invited_accepts_and_leaves_again(live: Held) -> None:
    student = live.students[0]
    with pytest.raises(NotInvited):
        await live.do(activities.go_up, student)
    for _ in range(2):
        await live.do(activities.invite, live.moderator, whose=student[2])
    assert await stage(live) == ([], [student[2]])
    for _ in range(2):
        await live.do(activities.go_up, student)
    await live.do(activities.invite, live.host, whose=student[2])
    assert await stage(live) == ([student[2]], [])
    for _ in range(2):
        await live.do(activities.step_down, student)
    assert await stage(live) == ([], [])
    told = [(event.kind, event.data) for event in await live.events()]
    assert told == [
        ("StageInvited", {"participant_id": student[2], "by": live.moderator[2]}),
        ("StageChanged", {"added": [student[2]], "removed": [], "by": student[2]}),
        ("StageChanged", {"added": [], "removed": [student[2]], "by": student[2]}),
    ]


async def test_an_invitation_is_declined_without_a_word(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.invite, live.host, whose=student[2])
    await live.do(activities.step_down, student)
    assert await stage(live) == ([], [])
    assert await live.kinds() == ["StageInvited"]


async def test_whose_hand_is_up_is_called_up_and_the_hand_falls(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.raise_hand, student, payload={"why": "I know"})
    await live.do(activities.call_up, (*live.host[:2], SERVER), whose=student[2])
    told = [(event.kind, event.data.get("payload")) for event in await live.events()]
    assert told == [
        ("HandRaised", {"why": "I know"}),
        ("HandLowered", {"why": "I know"}),
        ("StageChanged", None),
    ]
    await live.do(activities.step_down, live.host, whose=student[2])
    assert await stage(live) == ([], [])


async def test_many_called_up_at_once_fill_the_places_and_no_more(live: Held) -> None:
    await places(live, 2)
    called = [live.do(activities.call_up, live.host, whose=who[2]) for who in live.students]
    found = await asyncio.gather(*called, return_exceptions=True)
    assert sum(isinstance(one, StageFull) for one in found) == 2
    assert len((await stage(live))[0]) == 2
    await live.do(activities.clear_stage, live.moderator)
    assert (await stage(live))[0] == []
    changed = await live.events("StageChanged")
    assert sorted(changed[-1].data["removed"]) == sorted(
        who for one in changed[:2] for who in one.data["added"]
    )


async def test_an_invitation_takes_no_place_and_a_removed_seat_frees_one(live: Held) -> None:
    await places(live, 1)
    one, two = live.students[:2]
    await live.do(activities.invite, live.host, whose=two[2])
    await live.do(activities.call_up, live.host, whose=one[2])
    with pytest.raises(StageFull):
        await live.do(activities.go_up, two)
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [live.user_ids[2]])
    await live.do(activities.go_up, two)
    assert (await stage(live))[0] == [two[2]]


async def test_whoever_leaves_the_room_leaves_the_stage_and_lowers_the_hand(live: Held) -> None:
    up, asked = live.students[:2]
    visits = [await live.arrive(up), await live.arrive(asked)]
    await live.do(activities.call_up, live.host, whose=up[2])
    await live.do(activities.raise_hand, up)
    await live.do(activities.invite, live.host, whose=asked[2])
    for visit_id in visits:
        async with live.works.begin() as work:
            await presence.close_visit(work, live.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)
    assert await stage(live) == ([], [])
    assert (await live.kinds())[-4:] == ["HandLowered", "StageChanged", "VisitorLeft", "VisitorLeft"]


async def test_leaving_and_being_taken_down_at_once_is_recorded_once(live: Held) -> None:
    async def leave(visit_id: str) -> None:
        async with live.works.begin() as work:
            await presence.close_visit(work, live.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)

    visits = [await live.arrive(who) for who in live.students]
    for who in live.students:
        await live.do(activities.call_up, live.host, whose=who[2])
        await live.do(activities.raise_hand, who)
    down = [live.do(activities.step_down, live.host, whose=who[2]) for who in live.students]
    lower = [live.do(activities.lower_hand, live.host, whose=who[2]) for who in live.students]
    await asyncio.gather(*down, *(leave(visit_id) for visit_id in visits), *lower)
    kinds = await live.kinds()
    assert kinds.count("HandLowered") == 4
    removed = [who for event in await live.events("StageChanged") for who in event.data["removed"]]
    assert sorted(removed) == sorted(who[2] for who in live.students)


async def test_a_student_leads_nobody_on_the_stage_and_strangers_are_not_of_it(live: Held) -> None:
    student, other = live.students[:2]
    for verb in (activities.invite, activities.call_up, activities.step_down):
        with pytest.raises(NotAllowed):
            await live.do(verb, student, whose=other[2])
    with pytest.raises(NotAllowed):
        await live.do(activities.clear_stage, student)
    for verb in (activities.invite, activities.call_up):
        with pytest.raises(BadValue):
            await live.do(verb, live.host, whose="nobody")


async def test_what_an_erased_person_said_with_a_hand_is_kept_nowhere(live: Held) -> None:
    student, user_id = live.students[0], live.user_ids[2]
    await live.do(activities.raise_hand, student, payload={"why": "my secret"})
    await live.do(activities.call_up, live.host, whose=student[2])
    async with live.works.begin() as work:
        await participants.erase_user(work, live.tenant_id, user_id)
    told = await live.events("HandRaised", "HandLowered")
    assert [event.data["payload"] for event in told] == [{}, {}]
    assert (await stage(live))[0] == []
