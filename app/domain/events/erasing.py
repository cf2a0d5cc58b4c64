"""Taking back what the ledger knows of a classroom or of a person."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ARRAY, String, delete

from app.domain.events.tables import Event, Ledger
from app.kit.prepared import Prepared, worded
from app.kit.work import Work

MINE: Final = "data ->> 'participant_id' = seat.participant_id"
BLANKED: Final = (
    (f"{MINE} AND data ? 'name'", """'{"name": ""}'"""),
    # What was said and what was asked.
    (f"{MINE} AND data ? 'text'", """'{"text": ""}'"""),
    # What somebody's program said with a raised hand.
    (f"kind IN ('HandRaised', 'HandLowered') AND {MINE}", """'{"payload": {}}'"""),
    # What programs noted about the person.
    (
        """kind = 'PropertiesChanged' AND data ->> 'scope' = 'person'
        AND data ->> 'subject' = seat.participant_id""",
        """'{"changes": {}, "removed": [], "cause": {}}'""",
    ),
    # What people call the files of their own library.
    ("kind = 'ContentShared' AND data ->> 'user_id' = :user_id", """'{"title": ""}'"""),
    # From where and with what they came.
    (
        """kind = 'AttendanceReady'
        AND data -> 'rows' @> jsonb_build_array(jsonb_build_object('user_id', :user_id))""",
        """
        jsonb_build_object('rows', (
            SELECT jsonb_agg(
                CASE WHEN one ->> 'user_id' = :user_id
                THEN one || '{"ip": "", "user_agent": ""}' ELSE one END
                ORDER BY place
            ) FROM jsonb_array_elements(data -> 'rows') WITH ORDINALITY AS r (one, place)
        ))
        """,
    ),
)
"""Which events know more of a person than the ids, and what is written over that."""

PATCHES: Final = " ".join(f"|| CASE WHEN {of} THEN {to} ELSE '{{}}' END::jsonb" for of, to in BLANKED)
KNOWING: Final = " OR ".join(f"({of})" for of, _ in BLANKED)

# One pass over all: of an event that is blanked in two ways there would be two new rows.
FORGET: Final = Prepared(
    worded(
        f"""
UPDATE events SET data = data {PATCHES}
FROM unnest(:classroom_ids, :participant_ids) AS seat (classroom_id, participant_id)
WHERE events.tenant_id = :tenant_id AND events.classroom_id = seat.classroom_id
AND ({KNOWING})
""",  # noqa: S608 - words of our own
        tenant_id=String(),
        user_id=String(),
        classroom_ids=ARRAY(String),
        participant_ids=ARRAY(String),
    ),
    into=tuple,
)


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove a classroom's ledger."""
    for table in (Event, Ledger):
        await work.db.execute(
            delete(table).where(table.tenant_id == tenant_id, table.classroom_id == classroom_id)
        )


async def forget(work: Work, tenant_id: str, user_id: str, seats: Mapping[str, str]) -> None:
    """Blank what ledgers know of a person beyond the ids; `seats` has the person's by classroom."""
    await FORGET.run(
        work,
        tenant_id=tenant_id,
        user_id=user_id,
        classroom_ids=list(seats),
        participant_ids=list(seats.values()),
    )
