"""Reading files."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from app.domain.drive.leftovers import key
from app.domain.drive.tables import Attachment, File
from app.kit.store import Stored
from app.kit.work import Work
from app.rules.refusals import UnknownFile


async def by_id(work: Work, tenant_id: str, file_id: str) -> File:
    """The file, or UnknownFile."""
    file = await work.db.get(File, (tenant_id, file_id))
    if file is None:
        raise UnknownFile(file_id)
    return file


async def library(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    *,
    owner_id: str | None = None,
    public: bool | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Sequence[File]:
    """Files of the tenant, or of one owner, or (not) of the public library; the oldest first."""
    wanted = select(File).where(File.tenant_id == tenant_id)
    if owner_id is not None:
        wanted = wanted.where(File.owner_id == owner_id)
    if public is not None:
        wanted = wanted.where(File.public.is_(public))
    if after is not None:
        last = await by_id(work, tenant_id, after)
        wanted = wanted.where(tuple_(File.created_at, File.file_id) > (last.created_at, last.file_id))
    found = await work.db.scalars(wanted.order_by(File.created_at, File.file_id).limit(limit))
    return found.all()


async def of_classroom(work: Work, tenant_id: str, classroom_id: str) -> Sequence[File]:
    """The files that are attached to a classroom, the first attached first."""
    found = await work.db.scalars(
        select(File)
        .join(Attachment, (Attachment.tenant_id == File.tenant_id) & (Attachment.file_id == File.file_id))
        .where(
            File.tenant_id == tenant_id,
            Attachment.tenant_id == tenant_id,
            Attachment.classroom_id == classroom_id,
        )
        .order_by(Attachment.attached_at, File.created_at, File.file_id)
    )
    return found.all()


def stored(file: File) -> Stored:
    """The file as the store knows it."""
    return Stored(file.file_id, key(file.tenant_id, file.file_id), file.title, file.content_type, file.size)
