"""Bytes that no file answers for: noted before they come in, taken off the list by the file's row.

So neither a crash nor a cut line leaks them. They are removed in three steps, as deliveries are sent: claim,
let go, remove, settle. Never is a transaction open across the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, String, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.drive.tables import Leftover
from app.kit import ids
from app.kit.lists import at_most
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Work
from app.rules.refusals import UploadLapsed

UPLOAD_LIFE: Final = timedelta(hours=1)
"""An upload that takes longer is given up."""

LEASE: Final = timedelta(minutes=10)
"""A removal that failed or was killed is tried again after this."""

EVERYTHING: Final = ""


@dataclass(frozen=True)
class Upload:
    """Where bytes that come in are put, and until when they have to be there."""

    tenant_id: str
    file_id: str
    due_at: datetime

    @property
    def key(self) -> str:
        """Their key in the store."""
        return key(self.tenant_id, self.file_id)


@dataclass(frozen=True)
class Doomed:
    """Bytes to be removed now, by whoever holds this lease; no key: all that is below the folder."""

    tenant_id: str
    file_id: str
    due_at: datetime
    until: datetime

    @property
    def key(self) -> str | None:
        """The key of the one object, where it is one."""
        return key(self.tenant_id, self.file_id) if self.file_id else None


TYPES: Final[dict[str, Any]] = {
    "tenant_id": String(),
    "file_ids": ARRAY(String),
    "dues": ARRAY(UTCTimestamp()),
    "due_at": UTCTimestamp(),
    "until": UTCTimestamp(),
}
KEEP: Final = Prepared(
    worded(
        """
DELETE FROM leftovers
WHERE tenant_id = :tenant_id AND (file_id, due_at) IN (SELECT * FROM unnest(:file_ids, :dues))
RETURNING file_id
""",
        **TYPES,
    ),
    into=str,
)
ABANDON: Final = Prepared(
    worded(
        """
UPDATE leftovers SET due_at = :due_at, until = :until
WHERE tenant_id = :tenant_id AND (file_id, due_at) IN (SELECT * FROM unnest(:file_ids, :dues))
""",
        **TYPES,
    ),
    into=tuple,
)


def key(tenant_id: str, file_id: str) -> str:
    """The key of a file's bytes in the store: ids of our own making, never the names that people give."""
    return f"{tenant_id}/{file_id}"


async def expect(work: Work, tenant_id: str) -> Upload:
    """Make room for bytes that come in. Unless a file is made of them in time, they are removed."""
    (upload,) = await expect_many(work, tenant_id, 1)
    return upload


async def expect_many(work: Work, tenant_id: str, count: int) -> list[Upload]:
    """The same for so many files."""
    uploads = [Upload(tenant_id, ids.new_id(), work.wall + UPLOAD_LIFE) for _ in range(count)]
    rows = [vars(upload) | {"until": upload.due_at} for upload in uploads]
    if rows:
        await work.db.execute(insert(Leftover), rows)
    return uploads


async def abandon(work: Work, upload: Upload) -> None:
    """Have the bytes of an upload removed at once; nothing happens when a file was made of them."""
    await abandon_all(work, upload.tenant_id, [upload])


async def abandon_all(work: Work, tenant_id: str, uploads: Sequence[Upload]) -> None:
    """The same for many."""
    await ABANDON.run(work, due_at=work.wall, until=work.wall + LEASE, **_all(tenant_id, uploads))
    work.ring("leftovers")


async def keep(work: Work, upload: Upload) -> None:
    """The bytes have a file now. UploadLapsed when they are being removed already."""
    await keep_all(work, upload.tenant_id, [upload])


async def keep_all(work: Work, tenant_id: str, uploads: Sequence[Upload]) -> None:
    """The same for many."""
    kept = await KEEP.all(work, **_all(tenant_id, uploads))
    if len(kept) < len(uploads):
        raise UploadLapsed


def _all(tenant_id: str, uploads: Sequence[Upload]) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "file_ids": [upload.file_id for upload in uploads],
        "dues": [upload.due_at for upload in uploads],
    }


async def doom(work: Work, tenant_id: str, file_ids: Sequence[str]) -> None:
    """Have the bytes of these files removed after this work."""
    await _doom(work, tenant_id, file_ids, work.wall + LEASE)


async def doom_everything(work: Work, tenant_id: str) -> None:
    """The same with all of a tenant."""
    # A running upload of a tenant that is gone may still write for a while.
    await _doom(work, tenant_id, [EVERYTHING], work.wall + UPLOAD_LIFE)


async def _doom(work: Work, tenant_id: str, file_ids: Sequence[str], until: datetime) -> None:
    if not file_ids:
        return
    values = {"tenant_id": tenant_id, "due_at": work.wall, "until": until}
    rows = [values | {"file_id": file_id} for file_id in file_ids]
    await work.db.execute(insert(Leftover).on_conflict_do_nothing(), rows)
    work.ring("leftovers")


async def claim(work: Work, limit: int = 20) -> list[Doomed]:
    """Take what is due (of every `tenant_id`); the pushed time is the lease."""
    # Looked for without a lock, and then taken tenant by tenant: whoever comes second finds it moved.
    found = await work.db.scalars(
        select(Leftover).where(Leftover.due_at <= work.wall).order_by(Leftover.due_at).limit(at_most(limit))
    )
    claimed = []
    for leftover in found.all():
        seen = Upload(leftover.tenant_id, leftover.file_id, leftover.due_at)
        due_at, until = work.wall + LEASE, leftover.until
        taken = update(Leftover).where(*_one(seen)).values(due_at=due_at).returning(Leftover.file_id)
        if (await work.db.execute(taken)).first() is not None:
            claimed.append(Doomed(seen.tenant_id, seen.file_id, due_at, until))
    return claimed


async def settle(work: Work, doomed: Doomed) -> None:
    """The bytes are gone. What may still come in is swept once more at the end."""
    mine = (*_one(doomed), Leftover.until == doomed.until)
    if doomed.until <= work.wall:
        await work.db.execute(delete(Leftover).where(*mine))
    else:
        await work.db.execute(update(Leftover).where(*mine).values(due_at=doomed.until))


def _one(of: Upload | Doomed) -> "tuple[ColumnElement[bool], ...]":
    return (
        Leftover.tenant_id == of.tenant_id,
        Leftover.file_id == of.file_id,
        Leftover.due_at == of.due_at,
    )
