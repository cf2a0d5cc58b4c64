"""Owing a subscriber messages; a whole tenant for tests whose senders are processes of their own."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from common import TENANT

from app.database import Address, one_work
from app.domain import outbox, tenants
from app.domain.outbox import Notice, Owed, log
from app.domain.outbox.tables import Subscription
from app.kit.work import Work

T = TypeVar("T")


async def enqueue(
    work: Work, subscription: Subscription, classroom_id: str, notices: Sequence[Notice]
) -> None:
    """Owe these notices, as far as they are wanted there, after what the classroom already owes there."""
    await outbox.owe(work, subscription.tenant_id, [Owed(subscription, classroom_id, notices).wanted()])


class Owing:
    """One tenant with one receiver, and what it is owed in lanes."""

    def __init__(self, database: Address, url: str) -> None:
        self.database, self.url = database, url
        self.told: dict[str, list[str]] = {}
        """Of each lane the texts that are owed, in order."""
        self._do(self._subscribe)

    def _do(self, act: Callable[[Work], Awaitable[T]]) -> T:
        return asyncio.run(one_work(self.database, act))

    async def _subscribe(self, work: Work) -> None:
        await tenants.create(work, "Test school", allow_private=True, tenant_id=TENANT)
        await outbox.subscribe(work, TENANT, "merithub", "status", self.url)

    async def subscription(self, work: Work) -> Subscription:
        found = await outbox.queries.subscription(work, TENANT, "merithub", "status")
        assert found is not None
        return found

    def owe(self, lanes: int, each: int) -> None:
        """Owe each lane so many messages more, all in one work."""

        async def all_of(work: Work) -> None:
            known = await self.subscription(work)
            for lane in (f"lane {number}" for number in range(lanes)):
                mine = self.told.setdefault(lane, [])
                texts = [f"{lane}: {len(mine) + place}" for place in range(each)]
                notices = [Notice("k", json.dumps({"lane": lane, "text": text}).encode()) for text in texts]
                await enqueue(work, known, lane, notices)
                mine += texts

        self._do(all_of)

    def states(self) -> dict[str, str]:
        """Of each message what has become of it."""

        async def read(work: Work) -> dict[str, str]:
            found = await log.deliveries(work, TENANT, limit=10_000)
            return {one.delivery_id: one.state for one in found}

        return self._do(read)

    def texts_of(self, arrivals: dict[Any, list[Any]]) -> dict[str, list[str]]:
        """What first arrivals by lane say."""
        return {lane: [one.said["text"] for one in mine] for lane, mine in arrivals.items()}
