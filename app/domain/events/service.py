"""Recording what happened."""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Integer, String, cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.events.kinds import AnyEvent
from app.domain.events.tables import Event, Ledger
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
        kinds=[type(event).__name__ for event in happened],
        data=[json.dumps(_plain(event)) for event in happened],
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


async def erase(work: Work, tenant_id: str, classroom_id: str) -> None:
    """Remove a classroom's ledger."""
    for table in (Event, Ledger):
        await work.db.execute(
            delete(table).where(table.tenant_id == tenant_id, table.classroom_id == classroom_id)
        )


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


async def forget(work: Work, tenant_id: str, classroom_id: str, participant_id: str, user_id: str) -> None:
    """Blank what a classroom's ledger knows of a person beyond the ids."""
    # The text is what was said and what was asked.
    for key in ("name", "text"):
        await work.db.execute(
            update(Event)
            .where(
                Event.tenant_id == tenant_id,
                Event.classroom_id == classroom_id,
                Event.data["participant_id"].astext == participant_id,
                Event.data.has_key(key),
            )
            .values(data=Event.data.op("||")(cast({key: ""}, JSONB)))
        )
    # What programs noted about the person.
    await work.db.execute(
        update(Event)
        .where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.kind == "PropertiesChanged",
            Event.data["scope"].astext == "person",
            Event.data["subject"].astext == participant_id,
        )
        .values(data=Event.data.op("||")(cast({"changes": {}, "removed": [], "cause": {}}, JSONB)))
    )
    # What somebody's program said with a raised hand.
    await work.db.execute(
        update(Event)
        .where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.kind.in_(("HandRaised", "HandLowered")),
            Event.data["participant_id"].astext == participant_id,
        )
        .values(data=Event.data.op("||")(cast({"payload": {}}, JSONB)))
    )
    # What people call the files of their own library.
    await work.db.execute(
        update(Event)
        .where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.kind == "ContentShared",
            Event.data["user_id"].astext == user_id,
        )
        .values(data=Event.data.op("||")(cast({"title": ""}, JSONB)))
    )
    reports = await work.db.scalars(
        select(Event).where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.kind == "AttendanceReady",
        )
    )
    for report in reports:
        rows = [
            row | {"ip": "", "user_agent": ""} if row["user_id"] == user_id else row
            for row in report.data["rows"]
        ]
        report.data = report.data | {"rows": rows}
    await work.db.flush()
