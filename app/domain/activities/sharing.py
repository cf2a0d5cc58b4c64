"""Files before the class: put there, taken away, opened."""

from sqlalchemy import func, select

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import Share
from app.domain.drive import queries as drive
from app.domain.events import kinds
from app.kit.work import Work
from app.rules.permissions import Deed
from app.rules.refusals import SharesFull, UnknownFile

MOST_SHARED = 100
"""Files before a class at once; each is in the welcome of everybody."""


async def share(work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, file_id: str) -> None:
    """Put a file before the class: one at hand in it, one's own or a public one. Again changes nothing."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.SHARE_FILE)
    file = await drive.usable_one(work, tenant_id, classroom_id, actor.user_id, file_id)
    before = await _share(actor, file_id)
    if before is not None and before.unshared_at is None:
        return
    await _must_take_another(actor)
    if before is None:
        share = Share(tenant_id=tenant_id, lesson_id=actor.lesson.lesson_id, file_id=file_id)
        share.shared_at = work.now
        work.db.add(share)
    else:
        before.shared_at, before.unshared_at = work.now, None
    await work.db.flush()
    await actor.record(
        kinds.ContentShared(
            file_id=file_id,
            participant_id=participant_id,
            user_id=file.owner_id or "",
            title=file.title,
            content_type=file.content_type,
            lesson_id=actor.lesson.lesson_id,
            at=work.now,
            again=before is not None,
        )
    )


async def unshare(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, file_id: str
) -> None:
    """Take a shared file away again; one that is not shared is refused."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.SHARE_FILE)
    share = await _shared(actor, file_id)
    share.unshared_at = work.now
    await work.db.flush()
    await actor.record(kinds.ContentUnshared(file_id, participant_id))


async def open_file(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, file_id: str
) -> None:
    """Somebody opens a shared file."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.OPEN_FILE)
    await _shared(actor, file_id)
    await actor.record(kinds.ContentOpened(file_id, participant_id))


async def _share(actor: Actor, file_id: str) -> Share | None:
    return await actor.work.db.get(Share, (actor.tenant_id, actor.lesson.lesson_id, file_id))


async def _shared(actor: Actor, file_id: str) -> Share:
    share = await _share(actor, file_id)
    if share is None or share.unshared_at is not None:
        raise UnknownFile(file_id)
    return share


async def _must_take_another(actor: Actor) -> None:
    shared = await actor.work.db.scalar(
        select(func.count()).where(
            Share.tenant_id == actor.tenant_id,
            Share.lesson_id == actor.lesson.lesson_id,
            Share.unshared_at.is_(None),
        )
    )
    if (shared or 0) >= MOST_SHARED:
        raise SharesFull(MOST_SHARED)
