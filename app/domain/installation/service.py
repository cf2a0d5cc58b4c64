"""Writing down what belongs to the database as a whole."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.installation.tables import Installation
from app.kit.work import Work


async def known(work: Work) -> Installation | None:
    """What is known, or None where nothing is yet."""
    return (await work.db.scalars(select(Installation))).one_or_none()


async def name_store(work: Work, mark: str, place: str, *, anew: bool = False) -> Installation:
    """Have the database belong to this store, if it belongs to none; `anew`: whatever it belongs to."""
    named = insert(Installation).values(one=True, files_mark=mark, files_place=place)
    values = {"files_mark": mark, "files_place": place}
    free = None if anew else Installation.files_mark.is_(None)
    await work.db.execute(
        named.on_conflict_do_update(index_elements=[Installation.one], set_=values, where=free)
    )
    return (await work.db.scalars(select(Installation).execution_options(populate_existing=True))).one()


async def swept(work: Work) -> None:
    """All that is old enough was removed."""
    row = insert(Installation).values(one=True, swept_at=work.wall)
    later = func.greatest(Installation.swept_at, row.excluded.swept_at)
    await work.db.execute(
        row.on_conflict_do_update(index_elements=[Installation.one], set_={"swept_at": later})
    )
