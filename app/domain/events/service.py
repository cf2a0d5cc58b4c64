"""Recording what happened."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.domain.events.kinds import AnyEvent
from app.domain.events.tables import Event, Ledger
from app.kit.work import Recorded, Work


async def record(work: Work, tenant_id: str, classroom_id: str, event: AnyEvent) -> int:
    """Write an event down under the classroom's next number; tell nobody: readers come by themselves."""
    return await record_all(work, tenant_id, classroom_id, [event])


async def record_all(work: Work, tenant_id: str, classroom_id: str, happened: Sequence[AnyEvent]) -> int:
    """Write events down in their order, at least one, under the classroom's next numbers; the last number."""
    # The counter's row stays locked until commit, so numbers have no gaps and rise in commit order.
    numbered = await work.db.execute(
        insert(Ledger)
        .values(tenant_id=tenant_id, classroom_id=classroom_id, last_seq=len(happened))
        .on_conflict_do_update(
            index_elements=[Ledger.tenant_id, Ledger.classroom_id],
            set_={"last_seq": Ledger.last_seq + len(happened)},
            where=(Ledger.tenant_id == tenant_id),
        )
        .returning(Ledger.last_seq)
    )
    last = numbered.scalar_one()
    recorded = [
        Recorded(tenant_id, classroom_id, seq, event)
        for seq, event in enumerate(happened, start=last + 1 - len(happened))
    ]
    rows = [
        {
            "tenant_id": tenant_id,
            "classroom_id": classroom_id,
            "seq": one.seq,
            "kind": type(one.event).__name__,
            "at": work.now,
            "data": _plain(asdict(one.event)),
        }
        for one in recorded
    ]
    await work.db.execute(insert(Event), rows)
    work.events.extend(recorded)
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
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value


async def forget(work: Work, tenant_id: str, classroom_id: str, participant_id: str, user_id: str) -> None:
    """Blank what a classroom's ledger knows of a person beyond the ids."""
    await work.db.execute(
        update(Event)
        .where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.data["participant_id"].astext == participant_id,
            Event.data.has_key("name"),
        )
        .values(data=Event.data.op("||")(cast({"name": ""}, JSONB)))
    )
    await work.db.execute(
        update(Event)
        .where(
            Event.tenant_id == tenant_id,
            Event.classroom_id == classroom_id,
            Event.data["participant_id"].astext == participant_id,
            # What was said and what was asked.
            Event.data.has_key("text"),
        )
        .values(data=Event.data.op("||")(cast({"text": ""}, JSONB)))
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
