"""Drawing on the board: strokes and turned pages live in the ledger alone."""

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.dialects.postgresql import insert

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import BoardFill
from app.domain.events import kinds
from app.kit import ids
from app.kit.work import Work
from app.rules.board import Fill, Points, check_page, check_stroke, must_take
from app.rules.permissions import LEADERS, Deed

KEY = ("tenant_id", "lesson_id", "page", "participant_id")


async def draw(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    page: int,
    color: str,
    width: int,
    points: Points,
) -> str:
    """Draw a line; its id."""
    check_stroke(page, color, width, points)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.DRAW)
    await _fill(actor, page, len(points))
    stroke_id = ids.new_id()
    await actor.record(
        kinds.StrokeDrawn(stroke_id, participant_id, page, color.lower(), width, tuple(points))
    )
    return stroke_id


async def clear_board(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, page: int
) -> None:
    """Wipe a page."""
    check_page(page)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.CLEAR_BOARD)
    await work.db.execute(
        delete(BoardFill).where(
            BoardFill.tenant_id == tenant_id,
            BoardFill.lesson_id == actor.lesson.lesson_id,
            BoardFill.page == page,
        )
    )
    await actor.record(kinds.BoardCleared(page, participant_id))


async def turn_page(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, page: int) -> None:
    """Show a page to everybody."""
    check_page(page)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.TURN_PAGE)
    await actor.record(kinds.PageTurned(page, participant_id))


async def _fill(actor: Actor, page: int, points: int) -> None:
    """Count a line; BoardFull where there is no room for it. The class is held: nobody counts meanwhile."""
    work, mine = actor.work, BoardFill.participant_id == actor.participant_id
    found = await work.db.execute(
        select(*_sums(BoardFill.page == page), *_sums(mine), *_sums(true())).where(
            BoardFill.tenant_id == actor.tenant_id, BoardFill.lesson_id == actor.lesson.lesson_id
        )
    )
    sums = found.one()
    on_page, of_person, of_lesson = (Fill(*sums[place : place + 2]) for place in (0, 2, 4))
    leads = actor.role in LEADERS
    must_take(points, page=on_page, person=None if leads else of_person, lesson=of_lesson)
    row = insert(BoardFill).values(
        tenant_id=actor.tenant_id,
        lesson_id=actor.lesson.lesson_id,
        page=page,
        participant_id=actor.participant_id,
        strokes=1,
        points=points,
    )
    more = {"strokes": BoardFill.strokes + 1, "points": BoardFill.points + row.excluded.points}
    await work.db.execute(row.on_conflict_do_update(index_elements=KEY, set_=more))


def _sums(which: ColumnElement[bool]) -> tuple[ColumnElement[int], ...]:
    return tuple(
        func.coalesce(func.sum(column).filter(which), 0) for column in (BoardFill.strokes, BoardFill.points)
    )
