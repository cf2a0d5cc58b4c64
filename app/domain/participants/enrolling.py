"""Enrolling people in a class: one statement asks all there is to know, one gives the seats."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ARRAY, Boolean, String
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom
from app.domain.participants.seating import seat_people
from app.kit.prepared import Prepared, worded
from app.kit.rows import recalled
from app.kit.work import Work
from app.rules.refusals import BadValue, UnknownClassroom, UnknownUser
from app.rules.seats import SeatRole


class Known(NamedTuple):
    """What there is of the wanted: the classroom, the users, the roles that the links stand for."""

    classroom: bool
    users: list[str]
    roles: dict[str, str]


KNOWN: Final = Prepared(
    worded(
        """
SELECT
    EXISTS (
        SELECT FROM classrooms WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id
    ) AS classroom,
    ARRAY (
        SELECT user_id FROM users
        WHERE tenant_id = :tenant_id AND erased_as IS NULL
        AND user_id = ANY (ARRAY(SELECT unnest(:user_ids)))
    ) AS users,
    (
        SELECT coalesce(jsonb_object_agg(link, role), '{}')
        FROM (
            SELECT link, role FROM common_links
            WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id
            AND link = ANY (ARRAY(SELECT unnest(:links)))
            UNION ALL
            SELECT link, role FROM participants
            WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id
            AND link = ANY (ARRAY(SELECT unnest(:links)))
        ) AS said
    ) AS roles
""",
        tenant_id=String(),
        classroom_id=String(),
        user_ids=ARRAY(String),
        links=ARRAY(String),
    ).columns(classroom=Boolean, users=ARRAY(String), roles=JSONB),
    into=Known,
    reads=True,
)


async def host_link(work: Work, tenant_id: str, classroom_id: str) -> str:
    """The link of the owner's seat, which is made at the first call."""
    classroom = recalled(work, Classroom, tenant_id, classroom_id)
    owner_id = (classroom or await classrooms.by_id(work, tenant_id, classroom_id)).owner_id
    seats = await seat_people(work, tenant_id, classroom_id, {owner_id: SeatRole.HOST})
    return seats[owner_id]


async def enrol_many(
    work: Work, tenant_id: str, classroom_id: str, wanted: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Give each (user, link) a seat in the role that the link stands for; an empty link: participant.

    Answers (user, own link) in the order of the call. A user who has a seat keeps its link. One
    unknown user or link refuses the whole call.
    """
    by_user = await _roles(work, tenant_id, classroom_id, wanted)
    seats = await seat_people(work, tenant_id, classroom_id, by_user)
    return [(user_id, seats[user_id]) for user_id, _ in wanted]


async def _roles(
    work: Work, tenant_id: str, classroom_id: str, wanted: Sequence[tuple[str, str]]
) -> dict[str, SeatRole]:
    """The role of each of the wanted."""
    asked: dict[str, Any] = {
        "user_ids": [user_id for user_id, _ in wanted],
        "links": list({link for _, link in wanted if link}),
    }
    known = await KNOWN.one(work, tenant_id=tenant_id, classroom_id=classroom_id, **asked)
    if known is None or not known.classroom:
        raise UnknownClassroom(classroom_id)
    users, by_user = set(known.users), dict[str, SeatRole]()
    for user_id, link in wanted:
        if user_id not in users:
            raise UnknownUser(user_id)
        if link and link not in known.roles:
            raise BadValue("link", f"of user {user_id} is not a link of this class")
        by_user[user_id] = SeatRole(known.roles[link]) if link else SeatRole.PARTICIPANT
    return by_user
