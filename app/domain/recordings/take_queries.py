"""Reading recordings on demand: which there are, what their films are made of, and where these lie."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.events.tables import Event
from app.domain.recordings import links
from app.domain.recordings.queries import Shown
from app.domain.recordings.tables import Take, TakeFile
from app.domain.tenants import queries as tenants
from app.kit.lists import at_most
from app.kit.signing import link_holds
from app.kit.work import Work
from app.rules.recording import SHOWN, shown
from app.rules.refusals import BadLink, UnknownRecording, UnknownThing

PAGE = 500
WHO_IS_THERE = ("VisitorJoined", "VisitorLeft", "ParticipantRemoved")


@dataclass(frozen=True)
class Takes:
    """Some of a classroom's takes in the order of starting; `after` is the number of the one that follows."""

    total: int
    takes: Sequence[Take]
    after: int | None


@dataclass(frozen=True)
class Stretch:
    """Some of what happened; what comes next is past the number `after`, where there is more."""

    shown: list[Shown]
    after: int | None


async def by_id(work: Work, tenant_id: str, take_id: str) -> Take:
    """The take, or UnknownRecording."""
    take = await work.db.get(Take, (tenant_id, take_id))
    if take is None:
        raise UnknownRecording(take_id)
    return take


async def running(work: Work, tenant_id: str, classroom_id: str) -> Take | None:
    """The take that has not ended."""
    return await work.db.scalar(
        select(Take).where(
            Take.tenant_id == tenant_id, Take.classroom_id == classroom_id, Take.ended_at.is_(None)
        )
    )


async def of_classroom(
    work: Work, tenant_id: str, classroom_id: str, first: int = 1, limit: int = 100
) -> Takes:
    """A classroom's takes from a number on."""
    mine = (Take.tenant_id == tenant_id, Take.classroom_id == classroom_id)
    total = await work.db.scalar(select(func.count()).select_from(Take).where(*mine))
    found = await work.db.scalars(
        select(Take).where(*mine, Take.number >= first).order_by(Take.number).limit(at_most(limit + 1))
    )
    takes = found.all()
    return Takes(total or 0, takes[:limit], takes[limit].number if len(takes) > limit else None)


async def files(work: Work, tenant_id: str, take_ids: Iterable[str]) -> dict[str, list[TakeFile]]:
    """The files of each of these takes whose film is finished, in the order of showing."""
    found = await work.db.scalars(
        select(TakeFile)
        .join(Take, (Take.tenant_id == TakeFile.tenant_id) & (Take.take_id == TakeFile.take_id))
        .where(
            TakeFile.tenant_id == tenant_id,
            Take.tenant_id == tenant_id,
            TakeFile.take_id.in_(list(take_ids)),
            Take.film_at.is_(None),
        )
        .order_by(TakeFile.part, TakeFile.place)
    )
    of_take: dict[str, list[TakeFile]] = defaultdict(list)
    for file in found:
        of_take[file.take_id].append(file)
    return of_take


async def by_link(work: Work, tenant_id: str, take_id: str, signature: str) -> Sequence[TakeFile]:
    """The files of the finished film that a signed link leads to; BadLink where it is not one of ours."""
    try:
        tenant = await tenants.by_id(work, tenant_id)
    except UnknownThing:
        raise BadLink from None
    if not link_holds(
        tenant.signing_secrets(work.wall), signature, *links.signed(links.FILM, tenant_id, take_id)
    ):
        raise BadLink
    found = (await files(work, tenant_id, [take_id])).get(take_id)
    if not found:
        raise UnknownRecording(take_id)
    return found


async def happened(work: Work, take: Take, after: int = 0) -> Stretch:
    """What is to be seen in a take's film past an event's number, in order.

    Who is there is known from the ledger's beginning, everything else from the lesson before on.
    """
    mine = (Event.tenant_id == take.tenant_id, Event.classroom_id == take.classroom_id)
    lesson_before = (
        select(func.coalesce(func.max(Event.seq), 0))
        .where(*mine, Event.kind == "LessonEnded", Event.seq < take.first_seq)
        .scalar_subquery()
    )
    rows = await work.db.execute(
        select(Event.seq, Event.at, Event.kind, Event.data)
        .where(
            *mine,
            Event.seq > after,
            Event.seq <= take.last_seq,
            Event.kind.in_(SHOWN),
            (Event.seq > lesson_before) | Event.kind.in_(WHO_IS_THERE),
            # A private message is never read, let alone shown.
            Event.data["to"].astext.is_(None),
        )
        .order_by(Event.seq)
        .limit(at_most(PAGE))
    )
    found = rows.all()
    seen = [
        Shown(seq, at, kind, data)
        for seq, at, kind, whole in found
        if (data := shown(kind, whole)) is not None
    ]
    return Stretch(seen, found[-1].seq if len(found) == PAGE else None)
