"""Who did what a row tells, for statements that find many such rows of one classroom."""

from typing import Any

from app.domain.participants.tables import Participant
from app.domain.users.tables import User
from app.kit.lookups import looked_up


def who(row: Any) -> tuple[type[Participant], type[User]]:
    """The seat that rows of a table name by `participant_id`, and whose it is; joined with `true()`."""
    seat = looked_up(
        Participant, Participant.tenant_id == row.tenant_id, Participant.participant_id == row.participant_id
    )
    return seat, looked_up(User, User.tenant_id == seat.tenant_id, User.user_id == seat.user_id)
