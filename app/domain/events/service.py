"""Recording what happened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Integer, String

from app.domain.events.kinds import AnyEvent
from app.kit.prepared import Prepared, worded
from app.kit.tables import UTCTimestamp
from app.kit.work import Recorded, Work

# The counter's row stays locked until commit, so numbers have no gaps and rise in commit order.
RECORD: Final = Prepared(
    worded(
        """
WITH numbered AS (
    INSERT INTO ledgers (tenant_id, classroom_id, last_seq) VALUES (:tenant_id, :classroom_id, :count)
    ON CONFLICT (tenant_id, classroom_id) DO UPDATE SET last_seq = ledgers.last_seq + excluded.last_seq
    WHERE ledgers.tenant_id = :tenant_id
    RETURNING last_seq
), written AS (
    INSERT INTO events (tenant_id, classroom_id, seq, kind, at, data)
    SELECT :tenant_id, :classroom_id, last_seq - :count + place, kind, :at, CAST(said AS jsonb)
    FROM numbered, unnest(:kinds, :data) WITH ORDINALITY AS one (kind, said, place)
)
SELECT last_seq FROM numbered
""",
        tenant_id=String(),
        classroom_id=String(),
        count=Integer(),
        at=UTCTimestamp(),
        kinds=ARRAY(String),
        data=ARRAY(String),
    ),
    into=int,
)

# The same in many classrooms, of each of which one thing is told.
RECORD_EACH: Final = Prepared(
    worded(
        """
WITH numbered AS (
    INSERT INTO ledgers (tenant_id, classroom_id, last_seq)
    SELECT :tenant_id, classroom_id, 1 FROM unnest(:classroom_ids) AS classroom_id
    ON CONFLICT (tenant_id, classroom_id) DO UPDATE SET last_seq = ledgers.last_seq + 1
    WHERE ledgers.tenant_id = :tenant_id
    RETURNING classroom_id, last_seq
), written AS (
    INSERT INTO events (tenant_id, classroom_id, seq, kind, at, data)
    SELECT :tenant_id, classroom_id, last_seq, kind, :at, CAST(said AS jsonb)
    FROM numbered
    JOIN unnest(:classroom_ids, :kinds, :data) AS one (classroom_id, kind, said) USING (classroom_id)
)
SELECT classroom_id, last_seq FROM numbered
""",
        tenant_id=String(),
        at=UTCTimestamp(),
        classroom_ids=ARRAY(String),
        kinds=ARRAY(String),
        data=ARRAY(String),
    ),
    into=lambda classroom_id, last_seq: (classroom_id, last_seq),
)


async def record(work: Work, tenant_id: str, classroom_id: str, event: AnyEvent) -> int:
    """Write an event down under the classroom's next number; tell nobody: readers come by themselves."""
    return await record_all(work, tenant_id, classroom_id, [event])


async def record_all(work: Work, tenant_id: str, classroom_id: str, happened: Sequence[AnyEvent]) -> int:
    """Write events down in their order, at least one, under the classroom's next numbers; the last number."""
    last = await RECORD.one(
        work,
        tenant_id=tenant_id,
        classroom_id=classroom_id,
        count=len(happened),
        at=work.now,
        **_written(happened),
    )
    if last is None:
        message = f"the ledger of classroom {classroom_id} gave no number"
        raise RuntimeError(message)
    work.events.extend(
        Recorded(tenant_id, classroom_id, seq, event)
        for seq, event in enumerate(happened, start=last + 1 - len(happened))
    )
    # With the first of all its events a classroom comes to be: nobody is in it who could be woken.
    if last > len(happened):
        work.ring(f"room:{tenant_id}:{classroom_id}")
    return last


async def record_each(work: Work, tenant_id: str, happened: Mapping[str, AnyEvent]) -> None:
    """Write one event down in each of these classrooms."""
    if not happened:
        return
    # In one order by all works, so that no two wait for each other's counters.
    classroom_ids = sorted(happened)
    numbers = dict(
        await RECORD_EACH.all(
            work,
            tenant_id=tenant_id,
            at=work.now,
            classroom_ids=classroom_ids,
            **_written([happened[classroom_id] for classroom_id in classroom_ids]),
        )
    )
    for classroom_id in classroom_ids:
        seq = numbers[classroom_id]
        work.events.append(Recorded(tenant_id, classroom_id, seq, happened[classroom_id]))
        work.ring(f"room:{tenant_id}:{classroom_id}")


def _written(happened: Sequence[AnyEvent]) -> dict[str, list[str]]:
    return {
        "kinds": [type(event).__name__ for event in happened],
        "data": [json.dumps(_plain(event)) for event in happened],
    }


def _plain(value: Any) -> Any:
    """The value as JSON can hold it; instants as RFC 3339 text."""
    match value:
        case str() | int() | float() | None:
            return value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _ if is_dataclass(value):
            return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            return value
