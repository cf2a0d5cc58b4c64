"""Splitting a class into groups, moving people between them, and bringing all back together.

Like the stage they belong to the classroom. Whoever leaves the room stays of the group and finds it again.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain import events
from app.domain.activities import group_queries
from app.domain.activities.actor import Insider, inside
from app.domain.activities.tables_people import Group, GroupMember
from app.domain.events import kinds
from app.domain.participants.tables import Participant
from app.kit import ids
from app.kit.work import Work
from app.rules.groups import Draft, must_hold_together
from app.rules.permissions import Deed
from app.rules.refusals import BadValue, UnknownThing

Moves = Mapping[str, str | None]
"""Which group (None: none) each of some seats is to be in, by its id or by the customer's."""


async def arrange(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, drafts: Sequence[Draft]
) -> None:
    """Make groups. One that stands under a customer's id that is given takes the people, and a name."""
    actor = await _leading(work, tenant_id, classroom_id, participant_id)
    standing = {one.reference: one for one in await _groups(actor)}
    fresh = [draft for draft in drafts if draft.reference is None or draft.reference not in standing]
    must_hold_together(drafts, len(standing) - (len(drafts) - len(fresh)))
    moves: dict[str, str | None] = {}
    place = max((one.place for one in standing.values()), default=0)
    for draft in drafts:
        group = standing.get(draft.reference or "")
        if group is None:
            place += 1
            group = _made(actor, draft, place)
        elif draft.name:
            group.name = draft.name
        moves |= dict.fromkeys(draft.members, group.group_id)
    await work.db.flush()
    await _move(actor, moves)
    await _tell(actor)


async def regroup(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, moves: Moves
) -> None:
    """Put people into other groups, or into none."""
    actor = await _leading(work, tenant_id, classroom_id, participant_id)
    standing = await _groups(actor)
    known = {one.reference: one.group_id for one in standing} | {
        one.group_id: one.group_id for one in standing
    }
    for name in moves.values():
        if name is not None and name not in known:
            raise UnknownThing("group", name)
    await _move(actor, {whose: known[name] if name else None for whose, name in moves.items()})
    await _tell(actor)


async def dissolve(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> None:
    """Remove all groups: everybody is back with all others. Without groups nothing is recorded."""
    await _leading(work, tenant_id, classroom_id, participant_id)
    await end_groups(work, tenant_id, classroom_id, by=participant_id)


async def end_groups(work: Work, tenant_id: str, classroom_id: str, *, by: str) -> None:
    """Remove all groups, whoever may have said so."""
    gone = await work.db.scalars(
        delete(Group)
        .where(Group.tenant_id == tenant_id, Group.classroom_id == classroom_id)
        .returning(Group.group_id)
    )
    if gone.all():
        await events.record(work, tenant_id, classroom_id, kinds.GroupsChanged((), by))


async def _leading(work: Work, tenant_id: str, classroom_id: str, participant_id: str) -> Insider:
    actor = await inside(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.LEAD_GROUPS)
    return actor


async def _groups(actor: Insider) -> Sequence[Group]:
    found = await actor.work.db.scalars(
        select(Group)
        .where(Group.tenant_id == actor.tenant_id, Group.classroom_id == actor.classroom.classroom_id)
        .order_by(Group.place)
    )
    return found.all()


def _made(actor: Insider, draft: Draft, place: int) -> Group:
    group_id = ids.new_id()
    group = Group(
        tenant_id=actor.tenant_id,
        group_id=group_id,
        classroom_id=actor.classroom.classroom_id,
        reference=draft.reference or group_id,
        name=draft.name or f"Group {place}",
        place=place,
    )
    actor.work.db.add(group)
    return group


async def _move(actor: Insider, moves: Moves) -> None:
    await _must_sit_here(actor, moves.keys())
    mine = (GroupMember.tenant_id == actor.tenant_id) & (
        GroupMember.classroom_id == actor.classroom.classroom_id
    )
    await actor.work.db.execute(delete(GroupMember).where(mine, GroupMember.participant_id.in_(list(moves))))
    last = await actor.work.db.scalar(select(func.max(GroupMember.seq)).where(mine)) or 0
    rows = [
        {
            "tenant_id": actor.tenant_id,
            "classroom_id": actor.classroom.classroom_id,
            "participant_id": whose,
            "group_id": group_id,
            "seq": last + number,
        }
        for number, (whose, group_id) in enumerate(moves.items(), 1)
        if group_id is not None
    ]
    if rows:
        await actor.work.db.execute(insert(GroupMember), rows)


async def _must_sit_here(actor: Insider, seats: Collection[str]) -> None:
    found = await actor.work.db.scalar(
        select(func.count())
        .select_from(Participant)
        .where(
            Participant.tenant_id == actor.tenant_id,
            Participant.classroom_id == actor.classroom.classroom_id,
            Participant.participant_id.in_(list(seats)),
            Participant.removed_at.is_(None),
        )
    )
    if found != len(seats):
        raise BadValue("participant_id", "must be somebody of this class")


async def _tell(actor: Insider) -> None:
    """Write down all groups as they are now."""
    standing = await group_queries.groups(actor.work, actor.tenant_id, actor.classroom.classroom_id)
    await actor.record(kinds.GroupsChanged(tuple(standing), actor.participant_id))
