"""Adding files, taking them away, and putting them at hand in classes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain import outbox, participants, tenants
from app.domain.classrooms import queries as classrooms
from app.domain.drive import leftovers
from app.domain.drive.leftovers import Upload
from app.domain.drive.tables import Attachment, File
from app.domain.users.tables import User
from app.kit.work import Work
from app.rules.filenames import UNNAMED, clean_title
from app.rules.refusals import BadValue, MayNotPublish, UnknownFile, UnknownUser

PUBLISHERS = frozenset({"create", "library"})
"""The permissions of users who may add to the organization's library."""


@dataclass(frozen=True)
class FileDraft:
    """What is known of a new file; without an owner the organization itself adds it to its library."""

    title: str
    content_type: str
    size: int
    owner_id: str | None
    public: bool


async def add(work: Work, tenant_id: str, upload: Upload, draft: FileDraft) -> File:
    """Make a file of bytes that are in the store, whole."""
    await leftovers.keep(work, upload)
    if draft.size == 0:
        raise BadValue("file", "must not be empty")
    if draft.owner_id is not None:
        await _check_owner(work, tenant_id, draft.owner_id, public=draft.public)
    elif not draft.public:
        raise BadValue("owner_id", "is needed for a file that is not public")
    file = File(
        tenant_id=tenant_id,
        file_id=upload.file_id,
        owner_id=draft.owner_id,
        public=draft.public,
        title=clean_title(draft.title) or UNNAMED,
        content_type=draft.content_type,
        size=draft.size,
        created_at=work.now,
    )
    work.db.add(file)
    await work.db.flush()
    return file


async def remove(work: Work, tenant_id: str, file_id: str) -> None:
    """Remove a file: from all classes now, its bytes afterwards."""
    gone = await work.db.execute(
        delete(File).where(File.tenant_id == tenant_id, File.file_id == file_id).returning(File.file_id)
    )
    if gone.first() is None:
        raise UnknownFile(file_id)
    await leftovers.doom(work, tenant_id, [file_id])


async def attach(work: Work, tenant_id: str, classroom_id: str, file_ids: Sequence[str]) -> None:
    """Put files at hand in a class; one unknown file refuses the whole call."""
    await classrooms.by_id(work, tenant_id, classroom_id)
    # Held until commit: a file that is removed meanwhile waits, and takes the attachment with it.
    found = await work.db.scalars(
        select(File.file_id)
        .where(File.tenant_id == tenant_id, File.file_id.in_(file_ids))
        .with_for_update(key_share=True, read=True)
    )
    known = set(found)
    for file_id in file_ids:
        if file_id not in known:
            raise UnknownFile(file_id)
    rows = [
        {
            "tenant_id": tenant_id,
            "classroom_id": classroom_id,
            "file_id": file_id,
            "attached_at": work.now,
        }
        for file_id in sorted(known)
    ]
    if rows:
        await work.db.execute(insert(Attachment).on_conflict_do_nothing(), rows)


async def detach(work: Work, tenant_id: str, classroom_id: str, file_id: str) -> None:
    """Take a file out of a class; it stays in its library."""
    await classrooms.by_id(work, tenant_id, classroom_id)
    gone = await work.db.execute(
        delete(Attachment)
        .where(
            Attachment.tenant_id == tenant_id,
            Attachment.classroom_id == classroom_id,
            Attachment.file_id == file_id,
        )
        .returning(Attachment.file_id)
    )
    if gone.first() is None:
        raise UnknownFile(file_id)


async def erase_user(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person with the files of their library; what they gave to the public one stays, nameless."""
    # Before the files: whoever shares one in a class holds the class.
    await participants.hold_places(work, tenant_id, user_id)
    mine = (File.tenant_id == tenant_id, File.owner_id == user_id)
    await work.db.execute(update(File).where(*mine, File.public).values(owner_id=None))
    gone = await work.db.scalars(delete(File).where(*mine).returning(File.file_id))
    await leftovers.doom(work, tenant_id, gone.all())
    await participants.erase_user(work, tenant_id, user_id)


async def close_tenant(work: Work, tenant_id: str) -> None:
    """Remove a tenant and everything it owns, the bytes of its files too."""
    await tenants.delete(work, tenant_id)
    await outbox.erase_tenant(work, tenant_id)
    await leftovers.doom_everything(work, tenant_id)


async def _check_owner(work: Work, tenant_id: str, user_id: str, *, public: bool) -> None:
    # Held until commit, so that an erasure of this user finds the file.
    user = await work.db.get(User, (tenant_id, user_id), with_for_update={"key_share": True, "read": True})
    if user is None or user.erased_as is not None:
        raise UnknownUser(user_id)
    if public and user.permission not in PUBLISHERS:
        raise MayNotPublish(user_id)
