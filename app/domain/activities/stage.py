"""The stage: a few people are before all others. One is invited and accepts, or is called up at once.

It belongs to the classroom and not to a lesson: whoever leaves the room leaves it.
"""

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.activities.actor import Insider, inside
from app.domain.activities.hands import taken_down
from app.domain.activities.tables_people import StagePlace
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.participants.tables import Participant
from app.kit.lists import among
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import BadValue, LinkGone, NotInvited
from app.rules.stage import must_fit_stage


async def invite(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str) -> None:
    """Ask somebody on the stage. Who is on it, or was asked already, is not asked again."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.LEAD_STAGE)
    await _must_sit_here(actor, whose)
    if await _place(actor, whose) is None:
        await _put(actor, whose, on=False)
        await actor.record(kinds.StageInvited(whose, actor.participant_id))


async def go_up(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Accept the invitation; NotInvited, StageFull. Who is on the stage stays there."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.GO_UP)
    place = await _place(actor, participant_id)
    if place is None:
        raise NotInvited
    if not place.on_stage:
        await _enter(actor, participant_id)


async def call_up(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str) -> None:
    """Put somebody on the stage without asking, such as who raised a hand; StageFull."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.LEAD_STAGE)
    await _must_sit_here(actor, whose)
    place = await _place(actor, whose)
    if place is None or not place.on_stage:
        await _enter(actor, whose)


async def step_down(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, whose: str | None = None
) -> None:
    """Leave the stage or decline to go there, or (who leads the class) take another down."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    whose = whose or participant_id
    actor.must(Deed.GO_UP if whose == participant_id else Deed.LEAD_STAGE)
    if await vacated(work, tenant_id, classroom_id, whose):
        await actor.record(kinds.StageChanged((), (whose,), actor.participant_id))


async def clear_stage(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Take everybody down, and the invitations back."""
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.LEAD_STAGE)
    gone = await work.db.execute(
        delete(StagePlace)
        .where(StagePlace.tenant_id == tenant_id, StagePlace.classroom_id == classroom_id)
        .returning(StagePlace.participant_id, StagePlace.on_stage, StagePlace.seq)
    )
    removed = tuple(row[0] for row in sorted(gone, key=lambda row: row.seq) if row.on_stage)
    if removed:
        await actor.record(kinds.StageChanged((), removed, actor.participant_id))


async def vacated(work: Work, tenant_id: str, classroom_id: str, whose: str) -> bool:
    """Take somebody's place or invitation away; whether the person was on the stage."""
    return whose in await all_vacated(work, tenant_id, classroom_id, [whose])


async def all_vacated(work: Work, tenant_id: str, classroom_id: str, whose: Collection[str]) -> set[str]:
    """Take the places and invitations of these people away; who of them was on the stage."""
    found = await work.db.execute(
        delete(StagePlace)
        .where(
            StagePlace.tenant_id == tenant_id,
            StagePlace.classroom_id == classroom_id,
            among(StagePlace.participant_id, whose),
        )
        .returning(StagePlace.participant_id, StagePlace.on_stage)
    )
    return {row.participant_id for row in found if row.on_stage}


async def _enter(actor: Insider, whose: str) -> None:
    """Give somebody a place; the hand has done its work and falls."""
    work, classroom = actor.work, actor.classroom
    must_fit_stage(classroom.controls.get("stage_places"), await _count(actor))
    lesson = await rooms.open_lesson(work, actor.tenant_id, classroom.classroom_id)
    # All rows before the ledger: whoever leaves the room holds rows of these and waits for the ledger.
    hand = await taken_down(work, actor.tenant_id, lesson.lesson_id, whose) if lesson else None
    await _put(actor, whose, on=True)
    if hand is not None:
        await actor.record(kinds.HandLowered(whose, actor.participant_id, hand))
    await actor.record(kinds.StageChanged((whose,), (), actor.participant_id))


async def _put(actor: Insider, whose: str, *, on: bool) -> None:
    table, room = StagePlace, actor.classroom
    here = (table.tenant_id == actor.tenant_id) & (table.classroom_id == room.classroom_id)
    last = await actor.work.db.scalar(select(func.max(table.seq)).where(here))
    fresh = insert(table).values(
        tenant_id=actor.tenant_id,
        classroom_id=room.classroom_id,
        participant_id=whose,
        on_stage=on,
        seq=(last or 0) + 1,
    )
    await actor.work.db.execute(
        fresh.on_conflict_do_update(
            index_elements=[table.tenant_id, table.classroom_id, table.participant_id],
            set_={"on_stage": fresh.excluded.on_stage, "seq": fresh.excluded.seq},
            where=(table.tenant_id == actor.tenant_id),
        )
    )


async def _place(actor: Insider, whose: str) -> StagePlace | None:
    key = (actor.tenant_id, actor.classroom.classroom_id, whose)
    return await actor.work.db.get(StagePlace, key, populate_existing=True)


async def _count(actor: Insider) -> int:
    """How many are on the stage; a seat that was taken away is not."""
    found = await actor.work.db.scalar(
        select(func.count())
        .select_from(StagePlace)
        .join(
            Participant,
            (Participant.tenant_id == StagePlace.tenant_id)
            & (Participant.participant_id == StagePlace.participant_id),
        )
        .where(
            StagePlace.tenant_id == actor.tenant_id,
            StagePlace.classroom_id == actor.classroom.classroom_id,
            StagePlace.on_stage,
            Participant.removed_at.is_(None),
        )
    )
    return found or 0


async def _must_sit_here(actor: Insider, whose: str) -> None:
    try:
        seat, _ = await participants.named(actor.work, actor.tenant_id, whose)
    except LinkGone:
        seat = None
    if seat is None or seat.classroom_id != actor.classroom.classroom_id:
        raise BadValue("participant_id", "must be somebody of this class")
