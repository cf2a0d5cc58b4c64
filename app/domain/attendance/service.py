"""Settling a lesson after its end."""

from dataclasses import asdict

from app.domain import alarms, events, presence
from app.domain.activities import queries as activities
from app.domain.activities.deeds import deeds
from app.domain.activities.groups import end_groups
from app.domain.activities.service import gather_chat
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Lesson
from app.domain.events import kinds
from app.domain.presence import queries as visits
from app.kit.work import Work
from app.rules.attendance import Presence, report
from app.rules.intervals import Interval
from app.rules.presence import LeaveReason


async def settle(work: Work, tenant_id: str, lesson_id: str) -> None:
    """Record an ended lesson's attendance and that its chat is complete; its visits end unless it lingers."""
    lesson = await classrooms.lesson(work, tenant_id, lesson_id)
    if lesson is None or lesson.ended_at is None:
        return
    classroom = await classrooms.locked(work, tenant_id, lesson.classroom_id)
    if not classroom.lingers:
        await presence.close_all(
            work, tenant_id, classroom.classroom_id, reason=LeaveReason.ENDED, at=lesson.ended_at
        )
    if (
        not classroom.lingers
        and await classrooms.open_lesson(work, tenant_id, classroom.classroom_id) is None
    ):
        await end_groups(work, tenant_id, classroom.classroom_id, by=lesson_id)
    await gather_chat(work, lesson)
    transcript = await activities.transcript(work, tenant_id, lesson.classroom_id, lesson_id)
    rows = await _rows(work, lesson, transcript)
    await events.record(work, tenant_id, lesson.classroom_id, kinds.AttendanceReady(lesson_id, rows))
    await events.record(
        work, tenant_id, lesson.classroom_id, kinds.ChatsReady(lesson_id, tuple(transcript.private))
    )
    if classroom.recorded:
        # Set here and not where the lesson ends: so the recording is told after the two above, always.
        await alarms.set_alarm(
            work, tenant_id, "recording", lesson_id, due_at=work.now, classroom_id=lesson.classroom_id
        )


async def _rows(
    work: Work, lesson: Lesson, transcript: activities.Transcript
) -> tuple[kinds.AttendanceRow, ...]:
    ended_at = lesson.ended_at or work.now
    found = await visits.during(work, lesson.tenant_id, lesson.classroom_id, lesson.started_at, ended_at)
    # The latest visit tells the address and the browser.
    latest = {seat.participant_id: (visit, seat, user) for visit, seat, user in found}
    presences = [
        Presence(visit.participant_id, visit.opened_at, visit.closed_at or ended_at) for visit, _, _ in found
    ]
    messages = transcript.messages_by_user()
    done = await deeds(work, lesson)
    rows = []
    for line in report(presences, Interval(lesson.started_at, ended_at)):
        visit, seat, user = latest[line.person]
        rows.append(
            kinds.AttendanceRow(
                user_id=user.user_id,
                guest=user.guest,
                role=seat.role,
                joined_at=line.first_seen,
                left_at=line.last_seen,
                seconds=line.seconds,
                reconnects=line.reconnects,
                messages=messages[user.user_id],
                ip=visit.ip,
                user_agent=visit.user_agent,
                **asdict(done[line.person]),
            )
        )
    return tuple(rows)
