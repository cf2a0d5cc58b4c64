"""Opening visits: for one who comes, or for many who come into a classroom at once, in as many statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import ARRAY, String

from app.domain import alarms, events
from app.domain.classrooms import company
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.participants.queries import Held
from app.domain.presence import queries
from app.domain.presence.leaving import Leaving, close_visits
from app.domain.presence.queries import Open
from app.domain.presence.tables import Visit
from app.kit import ids
from app.kit.prepared import Prepared, worded
from app.kit.rows import loose
from app.kit.tables import UTCTimestamp
from app.kit.turns import take_turn
from app.kit.work import Work
from app.rules.bans import must_be_clean
from app.rules.doors import must_fit
from app.rules.presence import SILENCE, LeaveReason
from app.rules.refusals import LinkGone, Refusal
from app.rules.seats import both_sides

LONGEST_AGENT = 500


class Came(NamedTuple):
    """Somebody who came in: the new visit, to be read only, and the seat."""

    visit: Visit
    held: Held


@dataclass(frozen=True)
class Coming:
    """Somebody who opens a tab, and from where."""

    participant_id: str
    tab: str
    ip: str
    user_agent: str


async def open_visit(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    tab: str,
    ip: str,
    user_agent: str,
) -> Visit:
    """Somebody came in. The same tab opened again takes its earlier visit's place.

    In a reserved classroom everybody is in one place: another tab takes it too.
    """
    coming = Coming(participant_id, tab, ip, user_agent)
    (opened,) = await open_visits(work, tenant_id, classroom_id, [coming])
    if isinstance(opened, Refusal):
        raise opened
    return opened.visit


async def open_visits(
    work: Work, tenant_id: str, classroom_id: str, coming: Sequence[Coming]
) -> list[Came | Refusal]:
    """The same of many, each of whom comes in or is refused for themselves; what became of each, in order."""
    held = await participants.held_all(work, tenant_id, {one.participant_id for one in coming})
    seats = {seat: one for seat, one in held.items() if one.seat.classroom_id == classroom_id}
    found: dict[int, Came | Refusal] = {}
    waiting = dict(enumerate(coming))
    while waiting:
        # Whoever comes with two tabs comes first with the one, and then with the other.
        once = {one.participant_id: place for place, one in reversed(waiting.items())}
        these = {place: waiting.pop(place) for place in sorted(once.values())}
        opened = await _open(work, list(these.values()), seats)
        found |= zip(these, opened, strict=True)
    return [found[place] for place in range(len(coming))]


async def must_have_room(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Refuse who comes into a classroom that has as many people as it takes."""
    limit = (await classrooms.by_id(work, tenant_id, classroom_id)).terms["max_people"]
    if limit is None:
        return
    await _queue_up(work, tenant_id, classroom_id)
    there = {one.participant_id for one in await queries.open_ones(work, tenant_id, classroom_id)}
    must_fit(limit, len(there - {participant_id}))


async def _queue_up(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Let nobody else into a classroom with a limit until the work ends."""
    # Not the row's lock: others hold it before that of a seat, which is held here already.
    await take_turn(work, f"{tenant_id}/{classroom_id}/room")


class Arrival(NamedTuple):
    """Somebody who is let in, and the visits of theirs whose place the new one takes."""

    coming: Coming
    held: Held
    displaced: list[Open]
    returning: bool
    """Whether they are there in another tab too."""


async def _open(work: Work, coming: Sequence[Coming], seats: Mapping[str, Held]) -> list[Came | Refusal]:
    """Let those in, each with a seat of their own, who may come in."""
    clean: dict[str, Held | Refusal] = {
        one.participant_id: _may_come(work, seats.get(one.participant_id)) for one in coming
    }
    known = [held for held in clean.values() if isinstance(held, Held)]
    if not known:
        return [one for one in clean.values() if isinstance(one, Refusal)]
    classroom = known[0].classroom
    there = await _there(work, classroom, list(clean))
    arrivals = [_arrival(classroom, one, clean[one.participant_id], there) for one in coming]
    return await _let_in(work, classroom, arrivals)


def _may_come(work: Work, held: Held | None) -> Held | Refusal:
    if held is None or held.seat.removed_at is not None:
        return LinkGone()
    try:
        must_be_clean(held.seat.banned_at, held.seat.banned_until, work.now)
    except Refusal as refusal:
        return refusal
    return held


async def _there(work: Work, classroom: Classroom, participant_ids: Collection[str]) -> dict[str, list[Open]]:
    """The open visits by person: of those who come, or, where a classroom may be full, of all."""
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    if classroom.terms["max_people"] is None:
        found = await queries.open_ones_of(work, tenant_id, classroom_id, participant_ids)
    else:
        await _queue_up(work, tenant_id, classroom_id)
        found = await queries.open_ones(work, tenant_id, classroom_id)
    there: dict[str, list[Open]] = {}
    for visit in found:
        there.setdefault(visit.participant_id, []).append(visit)
    return there


def _arrival(
    classroom: Classroom, coming: Coming, held: Held | Refusal, there: dict[str, list[Open]]
) -> Arrival | Refusal:
    """How somebody comes in; whoever does is there for those who follow."""
    if isinstance(held, Refusal):
        return held
    mine = there.get(coming.participant_id, [])
    displaced = [one for one in mine if one.tab == coming.tab or classroom.kind == "reserved"]
    returning = len(mine) > len(displaced)
    limit = classroom.terms["max_people"]
    if limit is not None and not returning:
        try:
            must_fit(limit, len(there.keys() - {coming.participant_id}))
        except Refusal as refusal:
            return refusal
    there.setdefault(coming.participant_id, [])
    return Arrival(coming, held, displaced, returning)


async def _let_in(
    work: Work, classroom: Classroom, arrivals: Sequence[Arrival | Refusal]
) -> list[Came | Refusal]:
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    let_in = [one for one in arrivals if isinstance(one, Arrival)]
    displaced = [
        Leaving(visit.visit_id, LeaveReason.DISPLACED, visit.seen_at)
        for one in let_in
        for visit in one.displaced
    ]
    if displaced:
        await close_visits(work, tenant_id, classroom_id, displaced)
    # People stand in the order in which they came: of visits that begin at one instant the ids tell it.
    visit_ids = sorted(ids.new_id() for _ in let_in)
    visits = [
        _visit(work, classroom, one.coming, visit_id) for one, visit_id in zip(let_in, visit_ids, strict=True)
    ]
    work.kept.setdefault(queries.OPENED, []).extend((one.participant_id, one.visit_id) for one in visits)
    if visits:
        await _write(work, classroom, visits)
        lesson = await classrooms.open_lesson(work, tenant_id, classroom_id) if classroom.joint else None
        joint = await company.running(work, lesson)
        happened = [
            kinds.VisitorJoined(
                visit.participant_id,
                visit.visit_id,
                one.held.user.name,
                one.held.seat.role,
                one.held.seat.rewards,
            )
            for one, visit in zip(let_in, visits, strict=True)
            if not one.returning
        ]
        if happened:
            await events.record_all(work, tenant_id, classroom_id, happened)
        if joint is not None and both_sides(await queries.roles(work, tenant_id, classroom_id)):
            await company.resume(work, joint)
    opened = iter(visits)
    return [Came(next(opened), one.held) if isinstance(one, Arrival) else one for one in arrivals]


VISIT_OF: Final = loose(Visit)


def _visit(work: Work, classroom: Classroom, coming: Coming, visit_id: str) -> Visit:
    return VISIT_OF(
        classroom.tenant_id,
        visit_id,
        classroom.classroom_id,
        coming.participant_id,
        coming.tab,
        coming.ip,
        coming.user_agent[:LONGEST_AGENT],
        work.now,
        work.now,
        work.wall,
        None,
        None,
    )


# What this statement wrote is not asked for in it: the lesson is one that was live before.
COME: Final = Prepared(
    worded(
        """
WITH come AS (
    INSERT INTO visits (
        tenant_id, visit_id, classroom_id, participant_id, tab, ip, user_agent, opened_at, seen_at, beat_at
    )
    SELECT :tenant_id, one.visit_id, :classroom_id, one.participant_id, one.tab, one.ip, one.user_agent,
        :now, :now, :wall
    FROM unnest(:visit_ids, :participant_ids, :tabs, :ips, :user_agents)
        AS one (visit_id, participant_id, tab, ip, user_agent)
)
SELECT lesson_id FROM lessons
WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND ended_at IS NULL
""",
        tenant_id=String(),
        classroom_id=String(),
        now=UTCTimestamp(),
        wall=UTCTimestamp(),
        **dict.fromkeys(("visit_ids", "participant_ids", "tabs", "ips", "user_agents"), ARRAY(String)),
    ),
    into=str,
)


async def _write(work: Work, classroom: Classroom, visits: Sequence[Visit]) -> None:
    """Write the visits down, each watched for silence; a class in which somebody is does not end as empty."""
    tenant_id, classroom_id = classroom.tenant_id, classroom.classroom_id
    lesson_id = await COME.one(
        work,
        tenant_id=tenant_id,
        classroom_id=classroom_id,
        now=work.now,
        wall=work.wall,
        visit_ids=[visit.visit_id for visit in visits],
        participant_ids=[visit.participant_id for visit in visits],
        tabs=[visit.tab for visit in visits],
        ips=[visit.ip for visit in visits],
        user_agents=[visit.user_agent for visit in visits],
    )
    for visit in visits:
        await alarms.set_alarm(
            work,
            tenant_id,
            "silent",
            visit.visit_id,
            due_at=work.now + SILENCE,
            classroom_id=classroom_id,
        )
    if lesson_id is not None:
        await alarms.cancel(work, tenant_id, "empty", lesson_id)
