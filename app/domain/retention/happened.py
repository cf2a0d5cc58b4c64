"""What happened in classrooms, and what was said there."""

from sqlalchemy import ARRAY, Integer, String, cast, column, func, update
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.activities.tables import Message
from app.domain.events.tables import Event
from app.domain.feeds.tables import Poll
from app.domain.recordings.tables import Recording
from app.domain.retention.cutting import Cut, drop, drop_old, old
from app.kit.work import Work


async def drop_events(work: Work, cut: Cut) -> int:
    """Remove the oldest entries of the ledgers; the numbers go on."""
    return await drop_old(work, cut, Event, Event.at)


async def drop_recordings(work: Work, cut: Cut) -> int:
    """Remove recordings of lessons that show events as old as that: there will be nothing to show."""
    return await drop_old(work, cut, Recording, Recording.started_at)


async def drop_messages(work: Work, cut: Cut) -> int:
    """Remove chat messages, and blank their text where the ledger has it."""
    removed = 0
    for side in cut.sides(Message.tenant_id, Message.sent_at):
        rows = old(Message, Message.sent_at, side)
        gone = await drop(work, Message, rows, (Message.tenant_id, Message.classroom_id, Message.seq))
        removed += len(gone)
        said = (
            func.unnest(
                cast([row.tenant_id for row in gone], ARRAY(String)),
                cast([row.classroom_id for row in gone], ARRAY(String)),
                cast([row.seq for row in gone], ARRAY(Integer)),
            )
            .table_valued(column("tenant_id", String), column("classroom_id", String), column("seq", Integer))
            .render_derived(name="said")
        )
        await work.db.execute(
            update(Event)
            .where(
                Event.tenant_id == said.c.tenant_id,
                Event.classroom_id == said.c.classroom_id,
                Event.seq == said.c.seq,
                Event.kind == "MessageSent",
            )
            .values(data=Event.data.op("||")(cast({"text": ""}, JSONB)))
            .execution_options(synchronize_session=False)
        )
    return removed


async def drop_polls(work: Work, cut: Cut) -> int:
    """Remove the notes of who polled a feed, of which the entries are gone as well."""
    return await drop_old(work, cut, Poll, Poll.at)
