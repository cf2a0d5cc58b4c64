"""Reserved classrooms: people may linger after the lesson, then the doors close, then the name is free."""

from datetime import timedelta

from app.domain import alarms, events
from app.domain.classrooms import series
from app.domain.classrooms.tables import Classroom
from app.domain.classrooms.turning import held, turn
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.lifecycle import KEPT_AFTER_THE_END, Action, State, advance


async def skip(work: Work, classroom: Classroom) -> None:
    """It is over, and was never live."""
    state = advance(State(classroom.state), Action.SKIP, reopens=classroom.reopens, lingers=classroom.lingers)
    await turn(work, classroom, state)
    await events.record(
        work,
        classroom.tenant_id,
        classroom.classroom_id,
        kinds.ClassroomEnded(classroom.starts_at or work.now, classroom.timezone, work.now),
    )
    await watch_closing(work, classroom)


async def close(work: Work, tenant_id: str, classroom_id: str) -> Classroom:
    """Close the doors of a classroom in which people linger."""
    classroom = await held(work, tenant_id, classroom_id)
    await turn(work, classroom, advance(State(classroom.state), Action.CLOSE, reopens=False))
    await alarms.cancel(work, tenant_id, "close", classroom_id)
    await series.stop_recording(work, classroom)
    await events.record(work, tenant_id, classroom_id, kinds.ClassroomClosed(work.now))
    return classroom


async def watch_closing(work: Work, classroom: Classroom) -> None:
    """Its lesson is over: set the alarms that close the doors, and that give the name free, after that."""
    for kind in ("begin", "finish"):
        await alarms.cancel(work, classroom.tenant_id, kind, classroom.classroom_id)
    linger = timedelta(seconds=classroom.linger_seconds or 0)
    for kind, after in (("close", linger), ("release", max(linger, KEPT_AFTER_THE_END))):
        await alarms.set_alarm(
            work,
            classroom.tenant_id,
            kind,
            classroom.classroom_id,
            due_at=work.now + after,
        )
