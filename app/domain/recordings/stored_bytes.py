"""Which objects of the store a tenant's rows answer for: files, films, and what is noted to be removed."""

from sqlalchemy import select

from app.domain.drive.leftovers import EVERYTHING
from app.domain.drive.tables import File, Leftover
from app.domain.recordings.tables import TakeFile
from app.kit.work import Work


async def sizes(work: Work, tenant_id: str) -> dict[str, int]:
    """The ids of all files and pieces of films, with their sizes."""
    found: dict[str, int] = {}
    for kind in (File, TakeFile):
        rows = await work.db.execute(select(kind.file_id, kind.size).where(kind.tenant_id == tenant_id))
        found |= {row.file_id: row.size for row in rows}
    return found


async def leaving(work: Work, tenant_id: str) -> frozenset[str] | None:
    """The ids of what comes in just now or will be removed by itself; None: all that nothing answers for."""
    found = await work.db.scalars(select(Leftover.file_id).where(Leftover.tenant_id == tenant_id))
    ids = frozenset(found.all())
    return None if EVERYTHING in ids else ids
