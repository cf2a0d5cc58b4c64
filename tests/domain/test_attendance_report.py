"""The report of a lesson, from the visits that happened."""

from datetime import timedelta

from school import IN_AN_HOUR, School
from sqlalchemy import text

from app.domain.attendance import queries
from app.kit.clock import ManualClock

MINUTE = timedelta(minutes=1)


async def test_a_person_is_present_from_the_first_to_the_last_without_the_gaps(
    school: School, clock: ManualClock
) -> None:
    classroom = await school.classroom()
    ada = await school.user("Ada")
    await school.enrol(classroom, ada)
    seat = await school.seat_of(classroom, ada)
    clock.set(IN_AN_HOUR)
    await school.start(classroom)
    for _ in range(3):
        visit = await school.enter(classroom, seat)
        clock.advance(10 * MINUTE)
        await school.leave(visit)
        clock.advance(2 * MINUTE)
    await school.end(classroom)
    await school.tick()
    row = (await school.report(classroom))[ada]
    assert (row["seconds"], row["reconnects"]) == (1800, 2)
    assert (row["joined_at"], row["left_at"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:34:00Z")


async def test_two_tabs_count_once(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    seat = await school.seat(classroom)
    await school.start(classroom)
    first = await school.enter(classroom, seat, "one")
    clock.advance(5 * MINUTE)
    second = await school.enter(classroom, seat, "two")
    clock.advance(5 * MINUTE)
    await school.leave(first)
    clock.advance(5 * MINUTE)
    await school.leave(second)
    await school.end(classroom)
    await school.tick()
    row = (await school.report(classroom))[classroom.owner_id]
    assert (row["seconds"], row["reconnects"], row["role"]) == (900, 0, "host")


async def test_waiting_before_the_lesson_is_not_attendance(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    early, on_time = await school.seat(classroom, "Early"), await school.seat(classroom)
    gone = await school.enter(classroom, early)
    clock.advance(MINUTE)
    await school.leave(gone)
    clock.advance(MINUTE)
    stays = await school.enter(classroom, on_time)
    clock.advance(MINUTE)
    await school.start(classroom)
    clock.advance(10 * MINUTE)
    await school.leave(stays)
    await school.end(classroom)
    await school.tick()
    report = await school.report(classroom)
    assert {user: row["seconds"] for user, row in report.items()} == {classroom.owner_id: 600}


async def test_a_guest_is_reported_as_a_guest(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    guest = await school.guest(await school.common_link(classroom), "Guest")
    await school.start(classroom)
    visit = await school.enter(classroom, guest, ip="192.0.2.9")
    clock.advance(MINUTE)
    await school.leave(visit)
    await school.end(classroom)
    await school.tick()
    [row] = (await school.report(classroom)).values()
    assert (row["guest"], row["role"], row["ip"]) == (True, "participant", "192.0.2.9")


async def test_each_lesson_of_a_standing_class_has_its_own_report(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom(kind="standing", starts_at=None)
    seat = await school.seat(classroom)
    for minutes in (3, 5):
        await school.start(classroom)
        visit = await school.enter(classroom, seat)
        clock.advance(minutes * MINUTE)
        await school.leave(visit)
        await school.end(classroom)
        await school.tick()
        clock.advance(MINUTE)
    reports = [e.data for e in await school.events(classroom) if e.kind == "AttendanceReady"]
    assert [row["seconds"] for report in reports for row in report["rows"]] == [180, 300]


async def test_a_report_is_made_once(school: School, clock: ManualClock) -> None:
    classroom = await school.classroom()
    await school.start(classroom)
    await school.end(classroom)
    assert await school.tick() == ["settle"]
    clock.advance(timedelta(days=1))
    assert await school.tick() == []


async def test_a_report_is_found_among_all_that_happened(school: School, clock: ManualClock) -> None:
    classroom = await school.hold(await school.user(), clock, ip="192.0.2.1")
    much = text(
        "INSERT INTO events SELECT tenant_id, classroom_id, last_seq + n, 'HandRaised', now(), '{}' "
        "FROM ledgers, generate_series(1, 5000) n WHERE tenant_id = :tenant"
    )
    async with school.begin() as work:
        await work.db.execute(much, {"tenant": school.tenant_id})
        await work.db.execute(text("ANALYZE events"))
    mine = school.tenant_id, classroom.classroom_id
    assert await school.rows_read("events", lambda work: queries.of_classroom(work, *mine)) == 1
