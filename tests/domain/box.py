"""A subscription and its lanes, as a sender handles them."""

from datetime import timedelta

from owing import enqueue

from app.domain import outbox
from app.domain.outbox import Claimed, Notice, Outcome, log
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Subscription
from app.kit.clock import ManualClock
from app.kit.work import Works

OK, AWAY, REFUSED = Outcome(200, 5), Outcome(503, 5), Outcome(404, 5)
HANGS = Outcome(None, 15_000, "TimeoutError")
URL = "http://127.0.0.1:9/pings"
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class Outbox:
    """A subscription and its lanes, as a sender handles them."""

    def __init__(self, works: Works, tenant_id: str, clock: ManualClock) -> None:
        self.works, self.tenant_id, self.clock = works, tenant_id, clock

    async def subscribe(self, url: str = URL) -> None:
        async with self.works.begin() as work:
            await outbox.subscribe(work, self.tenant_id, "merithub", "status", url)

    async def state(self) -> Subscription:
        async with self.works.begin() as work:
            [kept] = await log.subscriptions(work, self.tenant_id)
            return kept

    async def owe(self, lane: str, *texts: str) -> None:
        async with self.works.begin() as work:
            [kept] = await log.subscriptions(work, self.tenant_id)
            await enqueue(work, kept, lane, [Notice(text, text.encode()) for text in texts])

    async def claim(self) -> dict[str, Claimed]:
        async with self.works.begin() as work:
            return {one.body.decode(): one for one in await outbox.claim(work, Room.for_all(64))}

    async def settle(self, claimed: Claimed, outcome: Outcome) -> None:
        async with self.works.begin() as work:
            await outbox.settle(work, claimed, outcome)

    async def sent(self, outcome: Outcome = OK) -> list[str]:
        """Everything that is due, each answered so; what it was."""
        claimed = await self.claim()
        for one in claimed.values():
            await self.settle(one, outcome)
        return sorted(claimed)

    async def states(self) -> dict[str, str]:
        async with self.works.begin() as work:
            return {one.kind: one.state for one in await log.deliveries(work, self.tenant_id)}

    async def delivery_id(self, kind: str) -> str:
        async with self.works.begin() as work:
            [found] = [one for one in await log.deliveries(work, self.tenant_id) if one.kind == kind]
            return found.delivery_id

    async def resend(self, kind: str) -> None:
        delivery_id = await self.delivery_id(kind)
        async with self.works.begin() as work:
            await outbox.resend(work, self.tenant_id, delivery_id)


async def refused_five_times(box: Outbox, clock: ManualClock, lane: str = "a") -> None:
    for wait in (5, 30, 120, 600):
        assert await box.sent(REFUSED) == [f"{lane}1"]
        clock.advance(wait * SECOND)
