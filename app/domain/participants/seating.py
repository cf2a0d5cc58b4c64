"""The statement that gives people seats: any number at once."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ARRAY, String

from app.kit import ids
from app.kit.prepared import Prepared, worded
from app.kit.work import Work
from app.rules.seats import SeatRole

TYPES: Final[dict[str, Any]] = {
    "tenant_id": String(),
    "classroom_id": String(),
    **dict.fromkeys(("participant_ids", "user_ids", "roles", "links"), ARRAY(String)),
}


def _pair(user_id: str, link: str) -> tuple[str, str]:
    return user_id, link


# Missing seats are made, removed ones revived under a new link and without a ban, all others left alone. What
# this statement wrote it does not see in the table, so both are asked for: the written and the left alone.
SEAT: Final = Prepared(
    worded(
        """
WITH written AS (
    INSERT INTO participants (
        tenant_id, participant_id, classroom_id, user_id, role, link, observer, rewards
    )
    SELECT :tenant_id, one.participant_id, :classroom_id, one.user_id, one.role, one.link, false, 0
    FROM unnest(:participant_ids, :user_ids, :roles, :links) AS one (participant_id, user_id, role, link)
    ON CONFLICT (tenant_id, classroom_id, user_id) DO UPDATE
    SET link = excluded.link, role = excluded.role, removed_at = NULL, banned_at = NULL, banned_until = NULL
    WHERE participants.tenant_id = :tenant_id AND participants.removed_at IS NOT NULL
    RETURNING user_id, link
)
SELECT user_id, link FROM written
UNION ALL
SELECT user_id, link FROM participants
WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id AND removed_at IS NULL
AND user_id = ANY (ARRAY(SELECT unnest(:user_ids)))
""",
        **TYPES,
    ),
    into=_pair,
)

LINKS: Final = Prepared(
    worded(
        """
SELECT user_id, link FROM participants
WHERE tenant_id = :tenant_id AND classroom_id = :classroom_id
AND user_id = ANY (ARRAY(SELECT unnest(:user_ids)))
""",
        **TYPES,
    ),
    into=_pair,
    reads=True,
)


async def seat_people(
    work: Work, tenant_id: str, classroom_id: str, wanted: Mapping[str, SeatRole]
) -> dict[str, str]:
    """Make the missing seats, revive removed ones under a new link; the link of each."""
    if not wanted:
        return {}
    # In one order by all works, so that two that seat the same people do not wait for each other.
    user_ids = sorted(wanted)
    place: dict[str, Any] = {"tenant_id": tenant_id, "classroom_id": classroom_id, "user_ids": user_ids}
    found = await SEAT.all(
        work,
        **place,
        participant_ids=[ids.new_id() for _ in user_ids],
        roles=[wanted[user_id].value for user_id in user_ids],
        links=[ids.new_link() for _ in user_ids],
    )
    seats = dict(found)
    if len(seats) < len(wanted):
        # Others seated somebody while this statement ran, too late for it to see.
        seats = dict(await LINKS.all(work, **place))
    return seats
