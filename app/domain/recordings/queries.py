"""Reading recordings, by those who know the class and by those who have a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, func, literal_column, select

from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.events.tables import Event
from app.domain.recordings import links
from app.domain.recordings.tables import Recording
from app.domain.tenants import queries as tenants
from app.domain.tenants.tables import Tenant
from app.kit.lists import at_most
from app.kit.signing import link_holds
from app.kit.work import Work
from app.rules.links import is_over
from app.rules.recording import SHOWN, shown
from app.rules.refusals import BadLink, ContentLinkOver, UnknownRecording, UnknownThing

PAGE = 500
"""Events in one page: a page of the longest strokes stays below ten megabytes."""


@dataclass(frozen=True)
class Shown:
    """An event as a recording shows it."""

    seq: int
    at: datetime
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """A recording that a link led to, with whose it is."""

    recording: Recording
    classroom: Classroom
    tenant: Tenant
    expires: str = ""
    """Until when the link holds; empty: for ever."""


async def of_classroom(
    work: Work, tenant_id: str, classroom_id: str, lesson_id: str | None = None
) -> Sequence[Recording]:
    """The recordings of a classroom, of one lesson or of all, the first first."""
    wanted = select(Recording).where(Recording.tenant_id == tenant_id, Recording.classroom_id == classroom_id)
    if lesson_id is not None:
        wanted = wanted.where(Recording.lesson_id == lesson_id)
    found = await work.db.scalars(wanted.order_by(Recording.started_at, Recording.recording_id))
    return found.all()


async def latest(work: Work, tenant_id: str, classroom_ids: Iterable[str]) -> dict[str, Recording]:
    """The latest recording of each of these classrooms that has one."""
    found = await work.db.scalars(
        select(Recording)
        .where(Recording.tenant_id == tenant_id, Recording.classroom_id.in_(list(classroom_ids)))
        .order_by(Recording.started_at, Recording.recording_id)
    )
    return {recording.classroom_id: recording for recording in found}


async def by_link(  # noqa: PLR0913 - what an address is made of
    work: Work, purpose: str, tenant_id: str, recording_id: str, signature: str, expires: str = ""
) -> Opened:
    """The recording that a signed link leads to; BadLink where it is not one of ours for this purpose.

    ContentLinkOver for one that was valid once. The work goes on at the tenant's instant.
    """
    try:
        tenant = await tenants.enter(work, tenant_id)
    except UnknownThing:
        raise BadLink from None
    named = links.signed(purpose, tenant_id, recording_id, expires)
    if not link_holds(tenant.signing_secrets(work.wall), signature, *named):
        raise BadLink
    # Only numbers that were written here are signed.
    if is_over(expires, work.now):
        raise ContentLinkOver
    recording = await work.db.get(Recording, (tenant_id, recording_id))
    if recording is None:
        raise UnknownRecording(recording_id)
    classroom = await classrooms.by_id(work, tenant_id, recording.classroom_id)
    return Opened(recording, classroom, tenant, expires)


async def fingerprint(work: Work, recording: Recording) -> str:
    """What tells whether a recording shows what it showed before: erasing somebody changes it."""
    found = await work.db.execute(
        select(
            func.count(), func.sum(func.hashtextextended(cast(Event.data, Text), literal_column("0")))
        ).where(
            Event.tenant_id == recording.tenant_id,
            Event.classroom_id == recording.classroom_id,
            Event.seq >= recording.first_seq,
            Event.seq <= recording.last_seq,
        )
    )
    return "/".join(str(value) for value in found.one())


async def page(work: Work, recording: Recording, after: int = 0, limit: int = PAGE) -> list[Shown]:
    """What a recording shows past an event's number, in order; fewer than `limit` are the last."""
    found = await work.db.execute(
        select(Event.seq, Event.at, Event.kind, Event.data)
        .where(
            Event.tenant_id == recording.tenant_id,
            Event.classroom_id == recording.classroom_id,
            Event.seq >= recording.first_seq,
            Event.seq > after,
            Event.seq <= recording.last_seq,
            Event.kind.in_(SHOWN),
            # A private message is never read, let alone shown.
            Event.data["to"].astext.is_(None),
        )
        .order_by(Event.seq)
        .limit(at_most(limit))
    )
    return [
        Shown(seq, at, kind, data)
        for seq, at, kind, whole in found
        if (data := shown(kind, whole)) is not None
    ]
