"""The log of a tenant's joint classrooms: what the customer was asked and told, and who came and went.

Nothing is written for it: it is read from the enquiries, the deliveries with their attempts, and the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import String as Text

from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.enquiries.tables import Enquiry
from app.domain.events.tables import Event
from app.domain.joint.paging import given, page_of
from app.domain.outbox.tables import Attempt, Delivery, Subscription
from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.refusals import UnknownThing

ENDPOINT = "endpoint"
"""The kind of an entry about an endpoint; the others are those of enquiries, notices and events."""

EVENTS = ("ClassroomScheduled", "ParticipantAdded", "VisitorJoined", "VisitorLeft")
DELIVERY_PREFIX = "msg_"


@dataclass(frozen=True)
class Source:
    """Whose log it is: a tenant's, in a dialect, of one endpoint."""

    tenant_id: str
    dialect: str
    endpoint: str


@dataclass(frozen=True)
class WantedEntries:
    """Which entries; None: whatever it is. The bounds are among those wanted."""

    reference: str | None = None
    person: str | None = None
    until: datetime | None = None
    since: datetime | None = None
    kinds: Sequence[str] | None = None
    good: bool | None = None


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `key` and `number` (of an event in its classroom) name it for good.

    `body` and `tries` are those of a notice, `seconds` is the classroom's counted time in all lessons.
    """

    at: datetime
    key: str
    number: int
    kind: str
    good: bool
    reference: str | None
    person: str
    response: str
    why: str
    status: int | None
    classroom_id: str | None
    body: bytes | None
    tries: Sequence[Attempt]
    seconds: int


async def page(work: Work, source: Source, wanted: WantedEntries, number: int) -> tuple[int, list[Entry]]:
    """How many entries are wanted, and a page of them, the latest first."""
    count, rows = await page_of(work, _entries(source, wanted), number)
    return count, await _whole(work, source.tenant_id, rows)


async def entry(work: Work, source: Source, key: str, *, number: int, modulus: int) -> Entry:
    """One entry, or UnknownThing; `number` may be known only by its rest."""
    every = _entries(source, WantedEntries())
    columns = every.selected_columns
    rows = await work.db.execute(
        every.where(columns["key"] == key, columns["number"] % modulus == number).limit(at_most(1))
    )
    found = await _whole(work, source.tenant_id, rows.all())
    if not found:
        what = "entry"
        raise UnknownThing(what, key)
    return found[0]


def _entries(source: Source, wanted: WantedEntries) -> Select[Any]:
    parts = (_asked(source), _told(source), _happened(source), _set_up(source))
    every = union_all(*parts).subquery("entries")
    conditions = given(
        (wanted.reference, lambda value: every.c.reference == value),
        (wanted.person, lambda value: every.c.person == value),
        (wanted.until, lambda value: every.c.at <= value),
        (wanted.since, lambda value: every.c.at >= value),
        (wanted.kinds, every.c.kind.in_),
        (wanted.good, every.c.good.is_),
    )
    return select(every).where(*conditions).order_by(every.c.at.desc(), every.c.key, every.c.number.desc())


def _row(**columns: Any) -> list[Any]:
    """The columns of an entry in their order, the missing ones empty."""
    empty: dict[str, Any] = {
        "number": literal(0),
        "good": true(),
        "reference": null().cast(Text),
        "person": literal(""),
        "response": literal(""),
        "why": literal(""),
        "status": cast(null(), Enquiry.status.type),
        "classroom_id": null().cast(Text),
        "delivery_id": null().cast(Text),
    }
    names = ("at", "key", "number", "kind", "good", "reference", "person", "response", "why", "status")
    values = empty | columns
    return [values[name].label(name) for name in (*names, "classroom_id", "delivery_id")]


def _asked(source: Source) -> Select[Any]:
    columns = _row(
        at=Enquiry.asked_at,
        key=Enquiry.enquiry_id,
        kind=Enquiry.kind,
        good=Enquiry.granted,
        reference=Enquiry.reference,
        person=Enquiry.person,
        response=Enquiry.response,
        why=Enquiry.why,
        status=Enquiry.status,
        classroom_id=Classroom.classroom_id,
    )
    same = and_(
        Classroom.tenant_id == Enquiry.tenant_id,
        Classroom.joint,
        Classroom.endpoint == Enquiry.endpoint,
        Classroom.reference == Enquiry.reference,
    )
    return (
        select(*columns)
        .outerjoin_from(Enquiry, Classroom, same)
        .where(Enquiry.tenant_id == source.tenant_id, Enquiry.endpoint == source.endpoint)
    )


def _told(source: Source) -> Select[Any]:
    tried = exists().where(
        Attempt.tenant_id == Delivery.tenant_id, Attempt.delivery_id == Delivery.delivery_id
    )
    columns = _row(
        at=Delivery.created_at,
        key=func.substr(Delivery.delivery_id, len(DELIVERY_PREFIX) + 1),
        kind=Delivery.kind,
        good=cast(or_(Delivery.state == "delivered", and_(Delivery.state == "pending", ~tried)), Boolean),
        reference=Classroom.reference,
        classroom_id=Delivery.classroom_id,
        delivery_id=Delivery.delivery_id,
    )
    return (
        select(*columns)
        .join(
            Subscription,
            and_(
                Subscription.tenant_id == Delivery.tenant_id,
                Subscription.subscription_id == Delivery.subscription_id,
            ),
        )
        .outerjoin(
            Classroom,
            and_(Classroom.tenant_id == Delivery.tenant_id, Classroom.classroom_id == Delivery.classroom_id),
        )
        .where(
            Delivery.tenant_id == source.tenant_id,
            Subscription.dialect == source.dialect,
            Subscription.purpose == source.endpoint,
        )
    )


def _happened(source: Source) -> Select[Any]:
    columns = _row(
        at=Event.at,
        key=Event.classroom_id,
        number=Event.seq,
        kind=Event.kind,
        reference=Classroom.reference,
        person=func.coalesce(User.external_id, ""),
        classroom_id=Event.classroom_id,
    )
    seated = and_(
        Participant.tenant_id == Event.tenant_id,
        Participant.participant_id == Event.data["participant_id"].astext,
    )
    return (
        select(*columns)
        .join(
            Classroom,
            and_(Classroom.tenant_id == Event.tenant_id, Classroom.classroom_id == Event.classroom_id),
        )
        .outerjoin(Participant, seated)
        .outerjoin(User, and_(User.tenant_id == Event.tenant_id, User.user_id == Participant.user_id))
        .where(
            Event.tenant_id == source.tenant_id,
            # Written into the statement, so that the database knows that the partial index will do.
            Event.kind.in_(bindparam("kinds", EVENTS, expanding=True, literal_execute=True)),
            Classroom.joint,
            Classroom.endpoint == source.endpoint,
        )
    )


def _set_up(source: Source) -> Select[Any]:
    columns = _row(
        at=Subscription.created_at,
        key=Subscription.subscription_id,
        kind=literal(ENDPOINT),
        good=Subscription.enabled,
        response=Subscription.url,
        why=func.coalesce(Subscription.disabled_reason, ""),
    )
    return select(*columns).where(
        Subscription.tenant_id == source.tenant_id,
        Subscription.dialect == source.dialect,
        Subscription.purpose == source.endpoint,
    )


async def _whole(work: Work, tenant_id: str, rows: Sequence[Any]) -> list[Entry]:
    """The entries of a page, with the notices' bytes and tries, and the classrooms' times."""
    owed = [row.delivery_id for row in rows if row.delivery_id]
    bodies = await work.db.execute(
        select(Delivery.delivery_id, Delivery.body).where(
            Delivery.tenant_id == tenant_id, Delivery.delivery_id.in_(owed)
        )
    )
    told = {row.delivery_id: row.body for row in bodies}
    tries: dict[str, list[Attempt]] = {delivery_id: [] for delivery_id in owed}
    for attempt in await work.db.scalars(
        select(Attempt)
        .where(Attempt.tenant_id == tenant_id, Attempt.delivery_id.in_(owed))
        .order_by(Attempt.at, Attempt.attempt_id)
    ):
        tries[attempt.delivery_id].append(attempt)
    times = await _times(work, tenant_id, {row.classroom_id for row in rows if row.classroom_id})
    return [
        Entry(
            **{name: value for name, value in row._asdict().items() if name != "delivery_id"},
            body=told.get(row.delivery_id),
            tries=tries.get(row.delivery_id, ()),
            seconds=times.get(row.classroom_id, 0),
        )
        for row in rows
    ]


async def _times(work: Work, tenant_id: str, classroom_ids: set[str]) -> dict[str, int]:
    found = await work.db.execute(
        select(Lesson.classroom_id, func.sum(Lesson.counted_seconds))
        .where(Lesson.tenant_id == tenant_id, Lesson.classroom_id.in_(classroom_ids))
        .group_by(Lesson.classroom_id)
    )
    return {classroom_id: int(seconds) for classroom_id, seconds in found}
