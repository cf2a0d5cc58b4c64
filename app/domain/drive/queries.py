"""Reading files."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select, tuple_

from app.domain.drive.leftovers import key
from app.domain.drive.tables import Attachment, File
from app.kit.lists import at_most
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
    found = await work.db.scalars(wanted.order_by(File.created_at, File.file_id).limit(at_most(limit)))
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


async def usable(
    work: Work, tenant_id: str, classroom_id: str, user_id: str, limit: int = 100
) -> Sequence[File]:
    """What a person may show in a class: files at hand there first, then one's own and public ones."""
    return (await work.db.scalars(_usable(tenant_id, classroom_id, user_id).limit(at_most(limit)))).all()


async def usable_one(work: Work, tenant_id: str, classroom_id: str, user_id: str, file_id: str) -> File:
    """One of these files, or UnknownFile: whether others have such a file is nobody's business."""
    wanted = _usable(tenant_id, classroom_id, user_id).where(File.file_id == file_id)
    # Held until commit: a file that is removed meanwhile waits.
    file = await work.db.scalar(wanted.with_for_update(of=File, key_share=True, read=True))
    if file is None:
        raise UnknownFile(file_id)
    return file


def _usable(tenant_id: str, classroom_id: str, user_id: str) -> Select[File]:
    at_hand = (
        (Attachment.tenant_id == File.tenant_id)
        & (Attachment.file_id == File.file_id)
        & (Attachment.classroom_id == classroom_id)
    )
    return (
        select(File)
        .outerjoin(Attachment, at_hand)
        .where(
            File.tenant_id == tenant_id,
            or_(Attachment.file_id.is_not(None), File.owner_id == user_id, File.public),
        )
        .order_by(Attachment.attached_at.asc().nulls_last(), File.created_at.desc(), File.file_id)
    )


async def some_keys(work: Work, limit: int) -> list[str]:
    """Where the bytes of some files are, whoever's they are."""
    any_of = select(File.tenant_id, File.file_id).where(File.tenant_id != "").limit(at_most(limit))
    return [key(row.tenant_id, row.file_id) for row in await work.db.execute(any_of)]


def stored(file: File) -> Stored:
    """The file as the store knows it."""
    return Stored(file.file_id, key(file.tenant_id, file.file_id), file.title, file.content_type, file.size)
