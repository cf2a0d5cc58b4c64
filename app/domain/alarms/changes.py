"""What a work does to alarms, kept until its end and then written in one statement."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, String

from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Work

KEPT: Final = "alarms"


@dataclass(frozen=True)
class Due:
    """An alarm as it is wanted."""

    due_at: datetime
    classroom_id: str


@dataclass
class Changes:
    """Of one tenant, by kind and subject: what is set, and what is taken back (None)."""

    wanted: dict[tuple[str, str], Due | None] = field(default_factory=dict)
    hastened: dict[tuple[str, str], None] = field(default_factory=dict)
    """By kind and classroom: what is due at once. A kind that is set or taken back is not hastened too."""


def of(work: Work, tenant_id: str) -> Changes:
    """What the work does to a tenant's alarms."""
    kept: dict[str, Changes] | None = work.kept.get(KEPT)
    if kept is None:
        kept = work.kept[KEPT] = {}
        work.endings.append(write)
    return kept.setdefault(tenant_id, Changes())


async def write(work: Work) -> None:
    """Write what was changed so far: at the work's end, or before alarms are read in it."""
    kept: dict[str, Changes] = work.kept.get(KEPT, {})
    for tenant_id in sorted(kept):
        changes = kept.pop(tenant_id)
        # In one order by all works: each waits for another's row only when it has none that the other wants.
        wanted = sorted(changes.wanted.items())
        due = [(kind, subject, one) for (kind, subject), one in wanted if one is not None]
        gone = [key for key, one in wanted if one is None]
        values: dict[str, Any] = {"tenant_id": tenant_id}
        if due:
            values |= {
                "kinds": [kind for kind, _, _ in due],
                "subjects": [subject for _, subject, _ in due],
                "rooms": [one.classroom_id for _, _, one in due],
                "times": [one.due_at for _, _, one in due],
            }
        if gone:
            values |= {"gone_kinds": [kind for kind, _ in gone], "gone": [subject for _, subject in gone]}
        if changes.hastened:
            hastened = sorted(changes.hastened)
            values |= {"now": work.now, "hastened_kinds": [kind for kind, _ in hastened]}
            values |= {"hastened": [room for _, room in hastened]}
        if len(values) > 1:
            await STATEMENTS[bool(due), bool(gone), bool(changes.hastened)].run(work, **values)


SET = """
INSERT INTO alarms (tenant_id, kind, subject, classroom_id, due_at, retry_at, tries)
SELECT :tenant_id, kind, subject, room, due_at, NULL, 0
FROM unnest(:kinds, :subjects, :rooms, :times) AS one (kind, subject, room, due_at)
ON CONFLICT (tenant_id, kind, subject)
DO UPDATE SET due_at = excluded.due_at, retry_at = NULL, tries = 0, dead_at = NULL, failure = NULL
WHERE alarms.tenant_id = :tenant_id
"""
CANCEL = """
DELETE FROM alarms
WHERE tenant_id = :tenant_id
AND (kind, subject) IN (SELECT * FROM unnest(:gone_kinds, :gone) LIMIT cardinality(:gone))
"""
HASTEN = """
UPDATE alarms SET due_at = :now, retry_at = NULL, tries = 0, dead_at = NULL, failure = NULL
WHERE tenant_id = :tenant_id
AND (kind, classroom_id) IN (
    SELECT * FROM unnest(:hastened_kinds, :hastened) LIMIT cardinality(:hastened)
)
"""

TYPES: Final[dict[str, Any]] = {
    "tenant_id": String(),
    "times": ARRAY(UTCTimestamp()),
    "now": UTCTimestamp(),
    **dict.fromkeys(
        ("kinds", "subjects", "rooms", "gone_kinds", "gone", "hastened_kinds", "hastened"), ARRAY(String)
    ),
}


def _statement(*parts: str) -> Prepared[Any]:
    """The parts as one statement."""
    *before, last = parts
    named = [f"part{place} AS ({part})" for place, part in enumerate(before)]
    whole = f"WITH {', '.join(named)} {last}" if named else last
    return Prepared(worded(whole, **TYPES), into=tuple)


STATEMENTS: Final = {
    (due, gone, hastened): _statement(
        *[part for part, used in ((CANCEL, gone), (HASTEN, hastened), (SET, due)) if used]
    )
    for due in (False, True)
    for gone in (False, True)
    for hastened in (False, True)
    if due or gone or hastened
}
