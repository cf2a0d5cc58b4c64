"""What falls when somebody's last tab is gone: a raised hand, a place on the stage."""

from collections import defaultdict
from collections.abc import Collection

from app.domain.activities.hands import all_taken_down
from app.domain.activities.stage import all_vacated
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds
from app.kit.work import Work


async def depart(
    work: Work, tenant_id: str, classroom_id: str, participant_ids: Collection[str]
) -> dict[str, list[kinds.AnyEvent]]:
    """These people are not in the room any more; what has happened with that, to be recorded, by person."""
    lesson = await rooms.open_lesson(work, tenant_id, classroom_id)
    # All rows before the ledger: deeds hold rows of these too, and wait for it.
    hands = await all_taken_down(work, tenant_id, lesson.lesson_id, participant_ids) if lesson else {}
    were_up = await all_vacated(work, tenant_id, classroom_id, participant_ids)
    fallen = defaultdict[str, list[kinds.AnyEvent]](list)
    for one, payload in hands.items():
        fallen[one].append(kinds.HandLowered(one, one, payload))
    for one in were_up:
        fallen[one].append(kinds.StageChanged((), (one,), one))
    return fallen
