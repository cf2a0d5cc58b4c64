"""Reading who is, and who was, in a room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, or_, select, true

from app.domain.participants.lookups import who
from app.domain.participants.tables import Participant
from app.domain.presence.tables import Visit
from app.domain.users.tables import User
from app.kit.lists import among, listed
from app.kit.prepared import Prepared
from app.kit.work import Work


@dataclass(frozen=True)
class Person:
    """Somebody in the room."""

    participant_id: str
    name: str
    role: str
    rewards: int


SEAT, WHOSE = who(Visit)

PEOPLE: Final = Prepared(
    select(SEAT.participant_id, WHOSE.name, SEAT.role, SEAT.rewards)
    .select_from(Visit)
    .join(SEAT, true())
    .join(WHOSE, true())
    .where(
        Visit.tenant_id == bindparam("tenant_id"),
        Visit.classroom_id == bindparam("classroom_id"),
        Visit.closed_at.is_(None),
    )
    .order_by(Visit.opened_at, Visit.visit_id),
    into=Person,
    reads=True,
)


async def people(work: Work, tenant_id: str, classroom_id: str) -> list[Person]:
    """Who is in the room, each person once, in order of arrival."""
    found = await PEOPLE.all(work, tenant_id=tenant_id, classroom_id=classroom_id)
    return list({person.participant_id: person for person in found}.values())


class Open(NamedTuple):
    """What is asked of an open visit when somebody comes."""

    visit_id: str
    participant_id: str
    tab: str
    seen_at: datetime


def _open(*which: ColumnElement[bool]) -> Prepared[Open]:
    return Prepared(
        select(Visit.visit_id, Visit.participant_id, Visit.tab, Visit.seen_at)
        .where(
            Visit.tenant_id == bindparam("tenant_id"),
            Visit.classroom_id == bindparam("classroom_id"),
            Visit.closed_at.is_(None),
            *which,
        )
        .order_by(Visit.opened_at, Visit.visit_id),
        into=Open,
        reads=True,
    )


OPEN: Final = _open()
OPEN_OF: Final = _open(among(Visit.participant_id, listed("participant_ids")))


async def open_ones(work: Work, tenant_id: str, classroom_id: str) -> list[Open]:
    """The open visits of a room, the first first; to be read only."""
    return await OPEN.all(work, tenant_id=tenant_id, classroom_id=classroom_id)


async def open_ones_of(
    work: Work, tenant_id: str, classroom_id: str, participant_ids: Collection[str]
) -> list[Open]:
    """The same of these people."""
    return await OPEN_OF.all(
        work, tenant_id=tenant_id, classroom_id=classroom_id, participant_ids=list(participant_ids)
    )


async def open_visits(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str | None = None
) -> Sequence[Visit]:
    """The open visits of a room, or of one participant in it."""
    wanted = select(Visit).where(
        Visit.tenant_id == tenant_id, Visit.classroom_id == classroom_id, Visit.closed_at.is_(None)
    )
    if participant_id is not None:
        wanted = wanted.where(Visit.participant_id == participant_id)
    return (await work.db.scalars(wanted.order_by(Visit.opened_at, Visit.visit_id))).all()


async def free(work: Work, tenant_id: str, visit_id: str) -> Visit | None:
    """An open visit, held with its seat until the work ends; None where it is over, or another holds one."""
    return await work.db.scalar(
        select(Visit)
        .join(
            Participant,
            (Participant.tenant_id == Visit.tenant_id) & (Participant.participant_id == Visit.participant_id),
        )
        .where(Visit.tenant_id == tenant_id, Visit.visit_id == visit_id, Visit.closed_at.is_(None))
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )


ANYBODY: Final = Prepared(
    select(
        select(Visit.visit_id)
        .where(
            Visit.tenant_id == bindparam("tenant_id"),
            Visit.classroom_id == bindparam("classroom_id"),
            Visit.closed_at.is_(None),
        )
        .exists()
    ),
    into=bool,
    reads=True,
)


async def anybody(work: Work, tenant_id: str, classroom_id: str) -> bool:
    """Whether anybody is in the room."""
    return bool(await ANYBODY.one(work, tenant_id=tenant_id, classroom_id=classroom_id))


async def present(
    work: Work, tenant_id: str, classroom_id: str, participant_ids: Collection[str]
) -> set[str]:
    """Which of these are in the room."""
    found = await work.db.scalars(
        select(Visit.participant_id).where(
            Visit.tenant_id == tenant_id,
            Visit.classroom_id == classroom_id,
            among(Visit.participant_id, participant_ids),
            Visit.closed_at.is_(None),
        )
    )
    return set(found)


async def roles(work: Work, tenant_id: str, classroom_id: str) -> set[str]:
    """The roles of those who are in the room."""
    found = await work.db.scalars(
        select(Participant.role)
        .join(
            Visit,
            (Visit.tenant_id == Participant.tenant_id) & (Visit.participant_id == Participant.participant_id),
        )
        .where(
            Participant.tenant_id == tenant_id,
            Visit.tenant_id == tenant_id,
            Visit.classroom_id == classroom_id,
            Visit.closed_at.is_(None),
        )
        .distinct()
    )
    return set(found)


async def during(
    work: Work, tenant_id: str, classroom_id: str, start: datetime, end: datetime
) -> Sequence[tuple[Visit, Participant, User]]:
    """The visits that touch a span of time, with whose they are, in order."""
    found = await work.db.execute(
        select(Visit, SEAT, WHOSE)
        .select_from(Visit)
        .join(SEAT, true())
        .join(WHOSE, true())
        .where(
            Visit.tenant_id == tenant_id,
            Visit.classroom_id == classroom_id,
            Visit.opened_at <= end,
            # Open ones too: people may stay after a lesson.
            or_(Visit.closed_at.is_(None), Visit.closed_at >= start),
        )
        .order_by(Visit.opened_at, Visit.visit_id)
    )
    return [(visit, seat, user) for visit, seat, user in found]


OPENED: Final = "opened visits"
"""Where a work keeps who came in it with which visit, in order."""


def opened_with(work: Work, visits: Collection[tuple[str, str]]) -> list[str]:
    """These visits, and those that began in this work: none of them is an earlier one."""
    opened: list[tuple[str, str]] = work.kept.get(OPENED, [])
    return [visit_id for _, visit_id in (*visits, *opened)]


def returning(work: Work, visits: Collection[tuple[str, str]], earlier: Collection[str]) -> set[str]:
    """Which of these (person, visit) are not the first of their persons; `earlier` were there before."""
    opened: list[tuple[str, str]] = work.kept.get(OPENED, [])
    known, again = set(earlier), set[str]()
    for person, visit_id in dict.fromkeys((*opened, *visits)):
        if person in known:
            again.add(visit_id)
        known.add(person)
    return again
