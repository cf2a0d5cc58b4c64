"""Files before the class: who may share what, and what is told of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from lessons import Held, held
from sqlalchemy import select

from app.domain import activities, drive, outbox
from app.domain.activities import state
from app.domain.activities.deeds import deeds
from app.domain.drive import FileDraft, queries
from app.domain.outbox.tables import Delivery, Subscription
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import NotAllowed, NotStarted, UnknownFile


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


async def added(live: Held, owner: str | None = None, *, attach: bool = False) -> str:
    """A file of the owner's own library, or a public one."""
    async with live.works.begin() as work:
        upload = await drive.expect(work, live.tenant_id)
        draft = FileDraft("Sheet", "application/pdf", 3, owner, public=owner is None)
        file = await drive.add(work, live.tenant_id, upload, draft)
        if attach:
            await drive.attach(work, live.tenant_id, live.classroom_id, [file.file_id])
        return file.file_id


async def shared(live: Held) -> list[str]:
    async with live.works.begin() as work:
        return [file.file_id for file in await state.shared_files(work, live.lesson)]


async def test_files_at_hand_public_ones_and_ones_own_are_shared(live: Held) -> None:
    student, host = live.user_ids[-1], live.user_ids[0]
    files = [await added(live), await added(live, host), await added(live, student, attach=True)]
    for file_id in files:
        await live.do(activities.share, live.host, file_id=file_id)
    assert sorted(await shared(live)) == sorted(files)
    told = [event.data["user_id"] for event in await live.events("ContentShared")]
    assert told == ["", host, student]


async def test_files_of_others_and_unknown_ones_are_refused_alike(live: Held) -> None:
    hidden = await added(live, live.user_ids[-1])
    for file_id in (hidden, "nothing"):
        with pytest.raises(UnknownFile):
            await live.do(activities.share, live.host, file_id=file_id)
    async with live.works.begin() as work:
        found = await queries.usable(work, live.tenant_id, live.classroom_id, live.user_ids[0])
    assert hidden not in [file.file_id for file in found]


async def test_who_leads_shares_and_everybody_opens(live: Held) -> None:
    file_id = await added(live)
    for verb in (activities.share, activities.unshare):
        with pytest.raises(NotAllowed):
            await live.do(verb, live.students[0], file_id=file_id)
    await live.do(activities.share, live.moderator, file_id=file_id)
    await live.do(activities.open_file, live.students[0], file_id=file_id)
    await live.do(activities.open_file, live.students[0], file_id=file_id)
    async with live.works.begin() as work:
        assert (await deeds(work, live.lesson))[live.students[0][2]].opened == 1


async def test_only_what_is_shared_now_is_opened_or_taken_away(live: Held) -> None:
    file_id = await added(live)
    for verb in (activities.open_file, activities.unshare):
        with pytest.raises(UnknownFile):
            await live.do(verb, live.host, file_id=file_id)
    await live.do(activities.share, live.host, file_id=file_id)
    await live.do(activities.unshare, live.host, file_id=file_id)
    assert await shared(live) == []
    with pytest.raises(UnknownFile):
        await live.do(activities.open_file, live.host, file_id=file_id)


async def test_sharing_a_shared_file_changes_nothing(live: Held) -> None:
    file_id = await added(live)
    await live.do(activities.share, live.host, file_id=file_id)
    await live.do(activities.share, live.host, file_id=file_id)
    assert await live.kinds() == ["ContentShared"]


async def test_nothing_is_shared_before_the_class_and_the_next_lesson_begins_with_none(live: Held) -> None:
    file_id = await added(live)
    await live.do(activities.share, live.host, file_id=file_id)
    await live.end()
    with pytest.raises(NotStarted):
        await live.do(activities.share, live.host, file_id=file_id)


async def test_a_removed_file_is_before_no_class(live: Held) -> None:
    file_id = await added(live)
    await live.do(activities.share, live.host, file_id=file_id)
    async with live.works.begin() as work:
        await drive.remove(work, live.tenant_id, file_id)
    assert await shared(live) == []


async def test_an_erased_users_titles_are_gone_from_the_ledger(live: Held) -> None:
    host = live.user_ids[0]
    await live.do(activities.share, live.host, file_id=await added(live, host))
    async with live.works.begin() as work:
        await drive.erase_user(work, live.tenant_id, host)
    (event,) = await live.events("ContentShared")
    assert (event.data["title"], event.data["content_type"]) == ("", "application/pdf")


async def owed(live: Held, kind: str) -> list[tuple[str, Any]]:
    """The pings of this kind, with the purpose of the address that each goes to."""
    async with live.works.begin() as work:
        found = await work.db.execute(
            select(Subscription.purpose, Delivery.body)
            .join(
                Delivery,
                (Delivery.tenant_id == Subscription.tenant_id)
                & (Delivery.subscription_id == Subscription.subscription_id),
            )
            .where(Subscription.tenant_id == live.tenant_id, Delivery.kind == kind)
            .order_by(Delivery.seq)
        )
        return [(purpose, json.loads(body)) for purpose, body in found]


async def test_a_file_is_told_once_a_lesson_however_often_it_is_shared(
    live: Held, clock: ManualClock
) -> None:
    async with live.works.begin() as work:
        await outbox.subscribe(work, live.tenant_id, "merithub", "status", "http://127.0.0.1:9/")
    file_id = await added(live)
    for _ in range(2):
        await live.do(activities.share, live.host, file_id=file_id)
        clock.advance(timedelta(minutes=1))
        await live.do(activities.unshare, live.host, file_id=file_id)
    assert await live.kinds() == ["ContentShared", "ContentUnshared"] * 2
    ((_, body),) = await owed(live, "classFiles")
    assert body["Files"][0]["fileId"] == file_id
