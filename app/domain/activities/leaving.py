"""What falls when somebody's last tab is gone: a raised hand, a place on the stage."""

from app.domain import events
from app.domain.activities.hands import taken_down
from app.domain.activities.stage import vacated
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds
from app.kit.work import Work


async def depart(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Somebody is not in the room any more."""
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    # All rows before the ledger: deeds hold rows of these too, and wait for it.
    hand = await taken_down(work, tenant_id, lesson.lesson_id, participant_id) if lesson else None
    was_up = await vacated(work, tenant_id, classroom_id, participant_id)
    if hand is not None:
        lowered = kinds.HandLowered(participant_id, participant_id, hand)
        await events.record(work, tenant_id, classroom_id, lowered)
    if was_up:
        left = kinds.StageChanged((), (participant_id,), participant_id)
        await events.record(work, tenant_id, classroom_id, left)
