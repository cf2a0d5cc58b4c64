"""Recording on demand: start, hold, go on, stop; by the call, by the limit, by the end of the class."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from school import School

from app.domain import recordings
from app.domain.classrooms.tables import Classroom
from app.domain.drive import leftovers
from app.domain.recordings import films, take_queries
from app.domain.recordings.tables import Take
from app.kit.clock import ManualClock
from app.rules.intervals import Interval
from app.rules.refusals import (
    AlreadyEnded,
    BadValue,
    NoPageToRecord,
    RecordingNotRunning,
    RecordingRunning,
    UploadLapsed,
)
from app.rules.takes import TakePlan, TakeState

MOVIE = TakePlan(form="movie", page="https://page.example/")
HOUR = timedelta(hours=1)


async def started(
    school: School, classroom: Classroom, plan: TakePlan = MOVIE, length: timedelta | None = None
) -> Take:
    async with school.begin() as work:
        return await recordings.start_take(
            work, school.tenant_id, classroom.classroom_id, plan, length=length
        )


async def configured(school: School, classroom: Classroom, **changes: Any) -> Take:
    async with school.begin() as work:
        return await recordings.configure_take(
            work, school.tenant_id, classroom.classroom_id, changes, length=None
        )


async def stopped(school: School, classroom: Classroom) -> Take:
    async with school.begin() as work:
        return await recordings.stop_take(work, school.tenant_id, classroom.classroom_id)


async def takes(school: School, classroom: Classroom, first: int = 1, limit: int = 100) -> take_queries.Takes:
    async with school.begin() as work:
        return await take_queries.of_classroom(work, school.tenant_id, classroom.classroom_id, first, limit)


async def told(school: School, classroom: Classroom) -> list[tuple[str, Any]]:
    """What the ledger says of takes: the kind, and who ended it."""
    found = await school.events(classroom)
    return [(one.kind, one.data.get("by")) for one in found if one.kind.startswith("Take")]


async def test_it_starts_pauses_goes_on_and_stops(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    start = clock.now()
    take = await started(school, classroom)
    assert (take.number, take.state, take.started_at) == (1, TakeState.RUNNING, start)
    clock.advance(timedelta(minutes=10))
    assert (await configured(school, classroom, held=True)).state == TakeState.HELD
    clock.advance(timedelta(minutes=5))
    assert (await configured(school, classroom)).state == TakeState.RUNNING
    clock.advance(timedelta(minutes=1))
    over = await stopped(school, classroom)
    assert (over.state, over.ended_at) == (TakeState.OVER, start + timedelta(minutes=16))

    def at(minute: int) -> datetime:
        return start + timedelta(minutes=minute)

    assert films.stretches(over) == [Interval(at(0), at(10)), Interval(at(15), at(16))]
    assert await told(school, classroom) == [
        ("TakeStarted", None),
        ("TakeHeld", None),
        ("TakeResumed", None),
        ("TakeStopped", "call"),
    ]


async def test_one_that_begins_held_records_from_when_it_goes_on(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    start = clock.now()
    await started(school, classroom, TakePlan(held=True))
    clock.advance(timedelta(minutes=3))
    await configured(school, classroom, held=False)
    clock.advance(timedelta(minutes=1))
    over = await stopped(school, classroom)
    assert films.stretches(over) == [Interval(start + timedelta(minutes=3), start + timedelta(minutes=4))]


async def test_one_held_to_its_end_has_no_film(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await started(school, classroom, TakePlan(held=True))
    clock.advance(HOUR)
    assert films.stretches(await stopped(school, classroom)) == []
    async with school.begin() as work:
        assert await films.claim(work) is None


async def test_there_is_one_at_a_time(school: School) -> None:
    classroom, other = await school.classroom(), await school.classroom()
    running = await started(school, classroom)
    with pytest.raises(RecordingRunning) as refusal:
        await started(school, classroom)
    assert refusal.value.take_id == running.take_id
    await started(school, other)


async def test_without_one_there_is_nothing_to_change_or_stop(school: School) -> None:
    classroom = await school.classroom()
    for verb in (stopped, configured):
        with pytest.raises(RecordingNotRunning):
            await verb(school, classroom)
    await started(school, classroom)
    await stopped(school, classroom)
    for verb in (stopped, configured):
        with pytest.raises(RecordingNotRunning):
            await verb(school, classroom)


async def test_a_wrong_wish_begins_and_changes_nothing(school: School) -> None:
    classroom = await school.classroom()
    with pytest.raises(NoPageToRecord):
        await started(school, classroom, TakePlan(form="movie"))
    await started(school, classroom)
    with pytest.raises(BadValue):
        await configured(school, classroom, held=True, fps=61)
    (take,) = (await takes(school, classroom)).takes
    assert (take.state, take.asked.fps) == (TakeState.RUNNING, 15)


async def test_a_change_overwrites_what_it_names(school: School) -> None:
    classroom = await school.classroom()
    await started(school, classroom, TakePlan(fps=30, width=640, height=480))
    assert (await configured(school, classroom, held=True, fps=20)).asked == TakePlan(
        held=True, fps=20, width=640, height=480
    )
    assert (await configured(school, classroom, audio=2)).asked.held is False


async def test_a_class_may_be_recorded_again_and_is_listed_in_order(school: School) -> None:
    classroom, other = await school.classroom(), await school.classroom()
    for _ in range(3):
        await started(school, classroom)
        await stopped(school, classroom)
    await started(school, other)
    found = await takes(school, classroom)
    assert ([take.number for take in found.takes], found.total, found.after) == ([1, 2, 3], 3, None)
    found = await takes(school, classroom, 2, 1)
    assert ([take.number for take in found.takes], found.total, found.after) == ([2], 3, 3)
    assert (await takes(school, classroom, 4)).takes == []


@pytest.mark.parametrize(
    ("hours", "length", "expected"),
    [(None, None, 2 * HOUR), (None, timedelta(minutes=61), 2 * HOUR), (5, HOUR, 5 * HOUR)],
)
async def test_it_stops_by_itself(
    school: School, clock: ManualClock, hours: int | None, length: timedelta | None, expected: timedelta
) -> None:
    classroom = await school.classroom(kind="standing")
    take = await started(school, classroom, TakePlan(hours=hours), length)
    clock.advance(expected - timedelta(seconds=1))
    assert "take_limit" not in await school.tick()
    clock.advance(timedelta(seconds=1))
    assert "take_limit" in await school.tick()
    (over,) = (await takes(school, classroom)).takes
    assert over.ended_at == take.started_at + expected
    assert (await told(school, classroom))[-1] == ("TakeStopped", "limit")


async def test_a_shorter_limit_that_has_passed_ends_it_now(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom(kind="standing")
    await started(school, classroom, TakePlan(hours=5))
    clock.advance(3 * HOUR)
    await configured(school, classroom, hours=2)
    await school.tick()
    (over,) = (await takes(school, classroom)).takes
    assert over.ended_at == clock.now()


async def test_one_that_was_stopped_leaves_no_alarm_behind(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom(kind="standing")
    await started(school, classroom)
    await stopped(school, classroom)
    clock.advance(3 * HOUR)
    assert await school.tick() == []


async def test_the_end_of_the_class_ends_it(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await started(school, classroom)
    await school.start(classroom)
    clock.advance(timedelta(minutes=5))
    await school.end(classroom)
    await school.tick()
    assert (await told(school, classroom))[-1] == ("TakeStopped", "closed")
    with pytest.raises(AlreadyEnded):
        await started(school, classroom)


async def test_a_class_called_off_ends_it(school: School) -> None:
    classroom = await school.classroom()
    await started(school, classroom)
    await school.cancel(classroom)
    await school.tick()
    assert (await told(school, classroom))[-1] == ("TakeStopped", "closed")


async def test_a_class_that_expires_ends_it(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await started(school, classroom, TakePlan(hours=24))
    clock.advance(2 * HOUR)
    await school.tick()
    assert (await told(school, classroom))[-1] == ("TakeStopped", "closed")


async def test_a_standing_class_goes_on_being_recorded_after_a_lesson(school: School) -> None:
    classroom = await school.classroom(kind="standing")
    await started(school, classroom)
    await school.start(classroom)
    await school.end(classroom)
    await school.tick()
    assert (await told(school, classroom)) == [("TakeStarted", None)]


async def test_whoever_closes_a_room_ends_it_at_once(school: School) -> None:
    classroom = await school.classroom()
    async with school.begin() as work:
        await recordings.stop_all(work, classroom)
    assert await told(school, classroom) == []
    await started(school, classroom)
    async with school.begin() as work:
        await recordings.stop_all(work, classroom)
    assert (await told(school, classroom))[-1] == ("TakeStopped", "closed")


async def test_a_film_of_many_pieces_is_kept_with_as_many_statements_as_of_a_few(
    busy_school: School, sent_to_databases: list[str]
) -> None:
    school, taken = busy_school, []
    for count in (2, 2, 40):
        classroom = await school.classroom()
        await started(school, classroom)
        await stopped(school, classroom)
        sent_to_databases.clear()
        async with school.begin() as work:
            job = await films.claim(work)
            assert job is not None
            uploads = await films.uploads(work, job, count)
        async with school.begin() as work:
            await films.settle(work, job, [films.Piece(upload, 15_000, 3) for upload in uploads])
        taken.append(len(sent_to_databases))
    assert taken[1] == taken[2]
    rows = await school.rows()
    assert (rows["take_files"], "leftovers" in rows) == (44, False)


async def test_a_film_is_not_kept_when_the_bytes_of_one_piece_are_being_removed(school: School) -> None:
    classroom = await school.classroom()
    await started(school, classroom)
    await stopped(school, classroom)
    async with school.begin() as work:
        job = await films.claim(work)
        assert job is not None
        uploads = await films.uploads(work, job, 3)
        await leftovers.abandon(work, uploads[1])
    with pytest.raises(UploadLapsed):
        async with school.begin() as work:
            await films.settle(work, job, [films.Piece(upload, 15_000, 3) for upload in uploads])
    assert "take_files" not in await school.rows()


async def test_a_classroom_goes_with_its_takes(school: School) -> None:
    classroom = await school.classroom()
    await started(school, classroom)
    await stopped(school, classroom)
    async with school.begin() as work:
        await recordings.delete_classroom(work, school.tenant_id, classroom.classroom_id)
    assert "takes" not in await school.rows()
    assert await school.tick() == []


async def test_what_happened_is_read_in_stretches(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_queries, "PAGE", 2)
    classroom = await school.classroom()
    host, student = await school.seat(classroom), await school.seat(classroom, "Ada")
    await school.enter(classroom, host)
    await school.start(classroom)
    await started(school, classroom)
    for text, to in (("One", None), ("To you", student), ("Two", None), ("Three", None)):
        await school.say(classroom, host, text, to)
    take = await stopped(school, classroom)
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        async with school.begin() as work:
            found = await take_queries.happened(work, take, after)
        seen += [one.data.get("text", one.kind) for one in found.shown]
        after = found.after
    assert seen == ["VisitorJoined", "LessonStarted", "One", "Two", "Three"]


async def test_a_take_shows_who_came_before_it_but_not_what_was_said_in_the_lesson_before(
    school: School,
) -> None:
    classroom = await school.classroom(kind="standing")
    host = await school.seat(classroom)
    await school.enter(classroom, host)
    await school.start(classroom)
    await school.say(classroom, host, "Yesterday")
    await school.end(classroom)
    await school.say(classroom, host, "Today")
    await started(school, classroom)
    take = await stopped(school, classroom)
    async with school.begin() as work:
        found = await take_queries.happened(work, take)
    assert [one.data.get("text", one.kind) for one in found.shown] == ["VisitorJoined", "Today"]


async def test_no_tenant_reaches_the_takes_of_another(school: School, other_school: School) -> None:
    classroom = await school.classroom()
    await started(school, classroom)
    async with other_school.begin() as work:
        assert (await take_queries.running(work, other_school.tenant_id, classroom.classroom_id)) is None
