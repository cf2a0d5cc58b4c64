"""The recording of a lesson: when there is one, what is in it, when it is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import recorded

from app.domain import classrooms, outbox, participants, recordings
from app.domain.alarms import queries as alarms
from app.domain.classrooms.plan import Recording
from app.domain.events import kinds
from app.domain.events import queries as ledger
from app.domain.recordings import links, queries
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.outbound import Sender
from app.kit.work import Works
from app.rules.refusals import BadLink, UnknownRecording
from app.workers.dispatcher import Dispatcher
from app.workers.scheduler import Rung, Scheduler


async def settled(works: Works) -> None:
    """Ring until nothing is due: an alarm may set another."""
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass


async def made_of(works: Works, made: recorded.Class) -> list[Any]:
    async with works.begin() as work:
        return list(await queries.of_classroom(work, made.tenant_id, made.classroom_id))


async def shown(works: Works, made: recorded.Class) -> list[queries.Shown]:
    (recording,) = await made_of(works, made)
    async with works.begin() as work:
        return await queries.page(work, recording)


async def kinds_of(works: Works, made: recorded.Class) -> list[str]:
    async with works.begin() as work:
        return [event.kind for event in await ledger.after(work, made.tenant_id, made.classroom_id, 0)]


async def test_it_is_made_once_after_attendance_and_chats(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    begins = clock.now() + timedelta(seconds=30)
    lesson_id = await recorded.a_lesson(works, clock, made)
    await settled(works)
    async with works.begin() as work:
        await recordings.make(work, tenant.tenant_id, lesson_id)
    assert (await kinds_of(works, made))[-3:] == ["AttendanceReady", "ChatsReady", "RecordingReady"]
    (recording,) = await made_of(works, made)
    assert (recording.lesson_id, recording.started_at, recording.seconds) == (lesson_id, begins, 120)


@pytest.mark.parametrize(
    ("recording", "count"),
    [
        (Recording(), 0),
        (Recording(control=False), 0),
        (Recording(record=True), 1),
        (Recording(auto=True), 1),
    ],
)
async def test_only_a_class_that_asked_for_it_is_recorded(
    works: Works, tenant: Tenant, recording: Recording, count: int
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id, recording)
    await recorded.start(works, made)
    await recorded.end(works, made)
    await settled(works)
    assert len(await made_of(works, made)) == count


async def test_the_pings_of_a_lesson_come_in_order(
    works: Works, clock: ManualClock, tenant: Tenant, receiver: Any
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    async with works.begin() as work:
        await outbox.subscribe(work, tenant.tenant_id, "merithub", "status", receiver.url)
    await recorded.start(works, made)
    clock.advance(timedelta(minutes=59, seconds=59))
    await recorded.end(works, made)
    await settled(works)
    async with Sender() as sender:
        dispatcher = Dispatcher(works, sender)
        while await dispatcher.tick():
            pass
    told = [request.json for request in receiver.requests]
    assert [ping.get("status") or ping["requestType"] for ping in told] == [
        "lv",
        "cp",
        "attendance",
        "chats",
        "recorded",
    ]
    assert told[-1]["duration"] == "0:59"


async def test_each_lesson_of_a_standing_class_has_its_own(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id, kind="standing", starts_at=None)
    for word in ("first", "second"):
        visit = await recorded.enter(works, made, made.student)
        await recorded.start(works, made)
        await recorded.record(works, made, recorded.said(made, made.student, "Ada", word))
        clock.advance(timedelta(minutes=1))
        await recorded.end(works, made)
        await settled(works)
        await recorded.leave(works, made, visit)
    found = await made_of(works, made)
    async with works.begin() as work:
        stretches = [await queries.page(work, one) for one in found]
    assert [
        [event.data["text"] for event in stretch if event.kind == "MessageSent"] for stretch in stretches
    ] == [["first"], ["second"]]
    for stretch in stretches:
        assert [event.kind for event in stretch if event.kind in ("VisitorJoined", "LessonStarted")] == [
            "VisitorJoined",
            "LessonStarted",
        ]


async def test_it_shows_nothing_that_was_not_for_all(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    await recorded.a_lesson(works, clock, made)
    await settled(works)
    found = await shown(works, made)
    assert [event.data["text"] for event in found if event.kind == "MessageSent"] == [
        "Good morning <b>!",
        "See you\n[0:00:00] Ada: forged",
    ]
    (answer,) = [event.data for event in found if event.kind == "QuizAnswered"]
    assert answer == {"quiz_id": "z1", "answered": 1}
    kinds_shown = {event.kind for event in found}
    assert kinds_shown.isdisjoint({"AttendanceReady", "ContentOpened", "ClassroomScheduled"})
    assert "secret" not in str(found)
    assert "192.0.2.7" not in str(found)


async def test_its_pages_are_read_one_after_the_other(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    await recorded.a_lesson(works, clock, made)
    await settled(works)
    whole = await shown(works, made)
    (recording,) = await made_of(works, made)
    pieces: list[queries.Shown] = []
    async with works.begin() as work:
        while piece := await queries.page(work, recording, pieces[-1].seq if pieces else 0, limit=3):
            assert len(piece) <= 3
            pieces += piece
    assert pieces == whole
    assert len(whole) == 21


async def test_an_erased_person_has_no_name_and_no_words(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    await recorded.a_lesson(works, clock, made)
    await settled(works)
    async with works.begin() as work:
        await participants.erase_user(work, tenant.tenant_id, made.student_user)
    mine = [one for one in await shown(works, made) if one.data.get("participant_id") == made.student]
    assert {one.data["name"] for one in mine if "name" in one.data} == {""}
    assert [one.data["text"] for one in mine if "text" in one.data] == [""]
    assert "Why is that?" not in str(mine)


async def test_it_goes_with_its_class(works: Works, clock: ManualClock, tenant: Tenant) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    await recorded.a_lesson(works, clock, made)
    await settled(works)
    (recording,) = await made_of(works, made)
    signature = signature_of(tenant, recording.recording_id)
    async with works.begin() as work:
        await queries.by_link(work, links.WATCH, tenant.tenant_id, recording.recording_id, signature)
        await classrooms.delete(work, tenant.tenant_id, made.classroom_id)
    assert await made_of(works, made) == []
    async with works.begin() as work:
        with pytest.raises(UnknownRecording):
            await queries.by_link(work, links.WATCH, tenant.tenant_id, recording.recording_id, signature)


async def test_a_class_deleted_before_its_recording_is_made_leaves_nothing_due(
    works: Works, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    lesson_id = await recorded.start(works, made)
    await recorded.end(works, made)
    async with works.begin() as work:
        settling = await alarms.following(work, tenant.tenant_id)
    assert settling is not None
    assert await Scheduler(works).ring(Rung.of(settling))
    async with works.begin() as work:
        await classrooms.delete(work, tenant.tenant_id, made.classroom_id)
    assert await Scheduler(works).tick() == 0
    async with works.begin() as work:
        await recordings.make(work, tenant.tenant_id, lesson_id)


async def test_a_link_to_watch_is_none_to_download(works: Works, clock: ManualClock, tenant: Tenant) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    await recorded.a_lesson(works, clock, made)
    await settled(works)
    (recording,) = await made_of(works, made)
    signature = signature_of(tenant, recording.recording_id)
    async with works.begin() as work:
        for purpose, tenant_id, given in (
            (links.DOWNLOAD, tenant.tenant_id, signature),
            (links.WATCH, tenant.tenant_id, signature[:-1] + "x"),
            (links.WATCH, tenant.tenant_id, ""),
            (links.WATCH, "another", signature),
        ):
            with refused():
                await queries.by_link(work, purpose, tenant_id, recording.recording_id, given)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(BadLink):
        yield


def signature_of(tenant: Tenant, recording_id: str) -> str:
    return links.player(tenant.signing_secret, tenant.tenant_id, recording_id).split("signature=")[1]


async def test_the_event_tells_what_a_subscriber_needs(
    works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    lesson_id = await recorded.a_lesson(works, clock, made)
    await settled(works)
    (recording,) = await made_of(works, made)
    async with works.begin() as work:
        *_, last = await ledger.after(work, made.tenant_id, made.classroom_id, 0)
    assert last.kind == kinds.RecordingReady.__name__
    assert last.data == {
        "lesson_id": lesson_id,
        "recording_id": recording.recording_id,
        "started_at": "2026-03-02T08:00:30Z",
        "timezone": "Asia/Kolkata",
        "seconds": 120,
    }
