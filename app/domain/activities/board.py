"""Drawing on the board: strokes and turned pages live in the ledger alone."""

from app.domain.activities.actor import acting
from app.domain.events import kinds
from app.kit import ids
from app.kit.work import Work
from app.rules.board import Points, check_page, check_stroke
from app.rules.permissions import Deed


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
    await actor.record(kinds.BoardCleared(page, participant_id))


async def turn_page(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, page: int) -> None:
    """Show a page to everybody."""
    check_page(page)
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.TURN_PAGE)
    await actor.record(kinds.PageTurned(page, participant_id))
