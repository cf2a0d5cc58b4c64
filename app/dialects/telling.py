"""Turns what was recorded into what subscribers are owed: in the same transaction, in their own dialect."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime

from app.dialects.base import Dialect, Facts
from app.domain import feeds, outbox
from app.domain.classrooms.tables import Classroom
from app.domain.feeds import Item
from app.domain.outbox import Owed, queries
from app.domain.outbox.queries import Listener
from app.domain.rooms import doors
from app.domain.rooms import queries as rooms
from app.kit.work import Recorded, Work

Narrator = Callable[[Work, Classroom, Facts, Sequence[Recorded]], Awaitable[list[Item]]]

NOBODY = Facts(public_id="", base_url="", signing_secret="")


def teller(dialects: Iterable[Dialect], base_url: str) -> Callable[[Work], Awaitable[None]]:
    """A `before_commit` that enqueues the notices of a work's events.

    The bytes are fixed here, once. Doing it inside the transaction needs no second reader of the ledger:
    the ledger's row lock is still held, so deliveries of a classroom stand in commit order.
    """
    known = {dialect.name: dialect for dialect in dialects}

    told_before: set[type] = set()

    def may_be_told(recorded: Recorded) -> bool:
        kind = type(recorded.event)
        # A notice takes long to write, so it is not written twice of kinds of which there was one once.
        if kind not in told_before and any(_notice(d, recorded, NOBODY) for d in known.values()):
            told_before.add(kind)
        return kind in told_before

    async def tell(work: Work) -> None:
        if not work.events:
            return
        # Most events (people coming, chat) interest no subscriber: those cost no statement.
        told = [recorded for recorded in work.events if may_be_told(recorded)]
        for tenant_id in sorted({recorded.tenant_id for recorded in told}):
            mine = [recorded for recorded in told if recorded.tenant_id == tenant_id]
            listeners = await queries.listeners(work, tenant_id)
            owed = [
                one
                for listener in listeners
                if listener.dialect in known
                for one in _owed(known[listener.dialect], listener, mine, work.now)
            ]
            await outbox.owe(work, tenant_id, owed)
        for dialect in known.values():
            if dialect.narrate is not None:
                await _narrate(work, dialect.narrate, base_url)

    def _owed(
        dialect: Dialect, listener: Listener, recorded: list[Recorded], now: datetime
    ) -> Iterator[Owed]:
        limits, whose = listener.settings.get("limits", {}), listener.tenant_id
        facts = Facts(listener.public_id, base_url, listener.signing_secret, whose, limits, now)
        for (_, classroom_id), happened in sorted(_by_classroom(recorded).items()):
            notices = [notice for one in happened if (notice := _notice(dialect, one, facts)) is not None]
            yield Owed(listener, classroom_id, notices).wanted()

    return tell


async def _narrate(work: Work, narrate: Narrator, base_url: str) -> None:
    """Put what happened in rooms into their feeds."""
    for (tenant_id, classroom_id), mine in _by_classroom(work.events).items():
        found = await doors.told(work, tenant_id, classroom_id)
        name = rooms.name_of(*found) if found else None
        if found is not None and name is not None:
            tenant, classroom = found
            facts = Facts("", base_url, tenant.signing_secret, tenant_id)
            items = await narrate(work, classroom, facts, mine)
            await feeds.append(work, tenant_id, classroom_id, name, items)


def _by_classroom(recorded: Iterable[Recorded]) -> dict[tuple[str, str], list[Recorded]]:
    found: dict[tuple[str, str], list[Recorded]] = {}
    for one in recorded:
        found.setdefault((one.tenant_id, one.classroom_id), []).append(one)
    return found


def _notice(dialect: Dialect, recorded: Recorded, facts: Facts) -> "outbox.Notice | None":
    return dialect.translate(recorded.event, recorded.classroom_id, facts)
