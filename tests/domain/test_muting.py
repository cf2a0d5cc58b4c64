"""A muted chat, on PostgreSQL."""

import asyncio

import pytest
from lessons import Held, held

from app.domain import activities, classrooms
from app.domain.activities.actor import SERVER
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.refusals import NotAllowed, RoomMuted


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


async def test_in_a_muted_chat_the_leaders_speak_and_the_students_do_not(live: Held) -> None:
    await live.do(activities.mute_chat, live.moderator)
    for to in (None, live.host[2]):
        with pytest.raises(RoomMuted):
            await live.do(activities.say, live.students[0], text="Psst", to=to)
    for leader in (live.host, live.moderator):
        await live.do(activities.say, leader, text="Listen")
    await live.do(activities.unmute_chat, live.host)
    await live.do(activities.say, live.students[0], text="Hello")
    assert await live.kinds() == ["ChatMuted", "MessageSent", "MessageSent", "ChatUnmuted", "MessageSent"]


async def test_muting_twice_is_recorded_once_and_a_student_does_not(live: Held) -> None:
    server = (*live.host[:2], SERVER)
    await asyncio.gather(*(live.do(activities.mute_chat, who) for who in (live.host, server, live.moderator)))
    assert await live.kinds() == ["ChatMuted"]
    for verb in (activities.mute_chat, activities.unmute_chat):
        with pytest.raises(NotAllowed):
            await live.do(verb, live.students[0])


async def test_no_message_of_a_student_follows_the_muting(live: Held) -> None:
    said = [live.do(activities.say, live.students[n % 2], text=str(n)) for n in range(10)]
    said.insert(5, live.do(activities.mute_chat, live.host))
    found = await asyncio.gather(*said, return_exceptions=True)
    assert (await live.kinds())[-1] == "ChatMuted"
    refused = [one for one in found if isinstance(one, RoomMuted)]
    assert len(refused) + len(await live.events("MessageSent")) == 10


async def test_a_changed_plan_leaves_the_chat_muted(live: Held) -> None:
    await live.do(activities.mute_chat, live.host)
    async with live.works.begin() as work:
        await classrooms.edit(work, live.tenant_id, live.classroom_id, {"title": "Geometry"})
    with pytest.raises(RoomMuted):
        await live.do(activities.say, live.students[0], text="Psst")
