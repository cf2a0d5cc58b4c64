"""Everybody does everything at once: nobody waits in a circle, and every number is right in the end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from random import Random
from typing import Any

import pytest
from lessons import Held, held

from app.domain import activities, presence
from app.domain.activities import group_queries, people
from app.domain.activities.state import hands
from app.domain.presence import queries as visits
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.groups import deal
from app.rules.presence import LeaveReason
from app.rules.refusals import Refusal

STUDENTS = 12
DEEDS = 160


def deed(live: Held, chance: Random) -> Awaitable[Any]:
    """Something that somebody does."""
    leader = chance.choice([live.host, live.moderator])
    one, other = chance.sample(live.students, 2)
    seats = [who[2] for who in live.students]
    choices = [
        lambda: live.arrive(one, tab=chance.choice(["a", "b"])),
        lambda: _leave(live, one),
        lambda: live.do(activities.raise_hand, one, payload={"n": 1}),
        lambda: live.do(activities.lower_hand, leader, whose=one[2]),
        lambda: live.do(activities.call_up, leader, whose=one[2]),
        lambda: live.do(activities.step_down, one),
        lambda: live.do(activities.clear_stage, leader),
        lambda: live.do(activities.reward, leader, changes={one[2]: 1, other[2]: 1}),
        lambda: live.do(activities.say, one, text="Hello"),
        lambda: live.do(activities.arrange, leader, drafts=deal(seats, 3)),
        lambda: live.do(activities.dissolve, leader),
        lambda: live.do(presence.put_out, leader, whose=one[2]),
        lambda: live.do(presence.ban, leader, whose=one[2], seconds=60),
        lambda: live.do(activities.mute_chat, leader),
        lambda: live.do(activities.unmute_chat, leader),
    ]
    return chance.choice(choices)()


async def _leave(live: Held, who: tuple[str, str, str]) -> None:
    async with live.works.begin() as work:
        for visit in await visits.open_visits(work, *who):
            await presence.close_visit(
                work, live.tenant_id, visit.visit_id, reason=LeaveReason.LEFT, at=work.now
            )


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_room_is_what_its_ledger_says(works: Works, tenant: Tenant, seed: int) -> None:
    live = await held(works, tenant, students=STUDENTS)
    chance = Random(seed)  # noqa: S311 - to be the same each time
    found = await asyncio.gather(*(deed(live, chance) for _ in range(DEEDS)), return_exceptions=True)
    assert [one for one in found if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    told = await live.events()
    assert [event.seq for event in told] == list(range(live.lesson.first_seq + 1, told[-1].seq + 1))
    up: list[str] = []
    stage: list[str] = []
    there: list[str] = []
    stars: Counter[str] = Counter()
    groups: list[list[str]] = []
    for event in told:
        match event.kind, event.data:
            case "HandRaised", data:
                assert data["participant_id"] not in up
                up.append(data["participant_id"])
            case "HandLowered", data:
                up.remove(data["participant_id"])
            case "StageChanged", data:
                assert not set(data["added"]) & set(stage)
                stage = [one for one in stage if one not in data["removed"]] + data["added"]
            case "RewardsChanged", data:
                for change in data["rewards"]:
                    stars[change["participant_id"]] += change["changed"]
                    assert stars[change["participant_id"]] == change["total"]
            case "VisitorJoined", data:
                assert data["participant_id"] not in there
                there.append(data["participant_id"])
            case "VisitorLeft", data:
                there.remove(data["participant_id"])
            case "GroupsChanged", data:
                groups = [one["members"] for one in data["groups"]]
    room = (live.tenant_id, live.classroom_id)
    async with works.begin() as work:
        assert await hands(work, live.lesson) == up
        assert (await people.stage(work, *room)).on_stage == stage
        assert [list(one.members) for one in await group_queries.groups(work, *room)] == groups
        present = await visits.people(work, *room)
    assert sorted(person.participant_id for person in present) == sorted(there)
    assert all(person.rewards == stars[person.participant_id] for person in present)
