"""Reading the groups of a class."""

from sqlalchemy import or_, select

from app.domain.activities.tables_people import Group, GroupMember
from app.domain.events.kinds import GroupOf
from app.domain.participants.tables import Participant
from app.kit.work import Work
from app.rules.refusals import UnknownThing
from app.rules.seats import SeatRole


async def groups(work: Work, tenant_id: str, classroom_id: str) -> list[GroupOf]:
    """All groups in the order of their making, with who is in each; a seat that was taken away is in none."""
    found = await work.db.execute(
        select(Group.group_id, Group.reference, Group.name, Participant.participant_id)
        .outerjoin(
            GroupMember,
            (GroupMember.tenant_id == Group.tenant_id) & (GroupMember.group_id == Group.group_id),
        )
        .outerjoin(
            Participant,
            (Participant.tenant_id == GroupMember.tenant_id)
            & (Participant.participant_id == GroupMember.participant_id)
            & Participant.removed_at.is_(None),
        )
        .where(Group.tenant_id == tenant_id, Group.classroom_id == classroom_id)
        .order_by(Group.place, GroupMember.seq)
    )
    members: dict[tuple[str, str, str], list[str]] = {}
    for group_id, reference, name, seat in found:
        in_it = members.setdefault((group_id, reference, name), [])
        if seat is not None:
            in_it.append(seat)
    return [GroupOf(*group, members=tuple(in_it)) for group, in_it in members.items()]


async def named(work: Work, tenant_id: str, classroom_id: str, name: str) -> Group:
    """A group of the class by its id, or by the customer's; UnknownThing."""
    found = await work.db.scalars(
        select(Group)
        .where(
            Group.tenant_id == tenant_id,
            Group.classroom_id == classroom_id,
            or_(Group.group_id == name, Group.reference == name),
        )
        # The customer may call one as we call another.
        .order_by((Group.group_id == name).desc())
    )
    group = found.first()
    if group is None:
        raise UnknownThing("group", name)
    return group


async def readers(work: Work, group: Group) -> tuple[str, ...]:
    """Who hears what is said in a group: those who are in it and those who lead the class."""
    members = select(GroupMember.participant_id).where(
        GroupMember.tenant_id == group.tenant_id, GroupMember.group_id == group.group_id
    )
    leads = Participant.role.in_([SeatRole.HOST.value, SeatRole.MODERATOR.value])
    found = await work.db.scalars(
        select(Participant.participant_id)
        .where(
            Participant.tenant_id == group.tenant_id,
            Participant.classroom_id == group.classroom_id,
            Participant.removed_at.is_(None),
            leads | Participant.participant_id.in_(members),
        )
        .order_by(Participant.participant_id)
    )
    return tuple(found)
