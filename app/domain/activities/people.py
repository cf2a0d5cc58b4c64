"""Reading what people are to one another in a room."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.activities.tables import Hand
from app.domain.activities.tables_people import StagePlace
from app.domain.classrooms.tables import Lesson
from app.domain.participants.tables import Participant
from app.kit.work import Work


@dataclass(frozen=True)
class Stage:
    """Who is on the stage and who was invited there, each in the order of coming."""

    on_stage: list[str]
    invited: list[str]


async def stage(work: Work, tenant_id: str, classroom_id: str) -> Stage:
    """The stage as it stands; a seat that was taken away is not on it."""
    found = await work.db.execute(
        select(StagePlace.participant_id, StagePlace.on_stage)
        .join(
            Participant,
            (Participant.tenant_id == StagePlace.tenant_id)
            & (Participant.participant_id == StagePlace.participant_id),
        )
        .where(
            StagePlace.tenant_id == tenant_id,
            StagePlace.classroom_id == classroom_id,
            Participant.removed_at.is_(None),
        )
        .order_by(StagePlace.seq)
    )
    rows = list(found)
    return Stage([row[0] for row in rows if row[1]], [row[0] for row in rows if not row[1]])


async def hands_with_payloads(work: Work, lesson: Lesson) -> list[tuple[str, dict[str, Any]]]:
    """Whose hands are up and what was said with each, in the order of raising."""
    found = await work.db.execute(
        select(Hand.participant_id, Hand.payload)
        .join(
            Participant,
            (Participant.tenant_id == Hand.tenant_id) & (Participant.participant_id == Hand.participant_id),
        )
        .where(
            Hand.tenant_id == lesson.tenant_id,
            Hand.lesson_id == lesson.lesson_id,
            Participant.removed_at.is_(None),
        )
        .order_by(Hand.seq)
    )
    return [(row[0], row[1]) for row in found]
