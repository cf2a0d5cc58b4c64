"""Sends what is owed: claim, let go, speak, settle. Never a transaction open across a request."""

import asyncio
import logging
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from app.domain import outbox
from app.domain.outbox import Claimed, Outcome
from app.domain.outbox.settling import MOST_KEPT
from app.domain.tenants import clock
from app.kit import loops
from app.kit.outbound import Answer, Sender, with_query
from app.kit.signing import signature_headers
from app.kit.work import Works
from app.rules import backoff
from app.rules.backoff import Verdict
from app.workers.slots import Slots

SETTLING: Final = 8
"""Settled at once: the connections to the database are for others too."""
LOOK_EVERY: Final = 1.0
STOP_SECONDS: Final = 3.0
LONGEST_NUMBER: Final = 7

log = logging.getLogger(__name__)


class Dispatcher:
    """Keeps requests in flight, at most one a lane, where `Slots` has room for them."""

    def __init__(self, works: Works, sender: Sender, wake: asyncio.Event | None = None) -> None:
        self._works = works
        self._sender = sender
        self._wake = wake or asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._slots = Slots()
        self._settling = asyncio.Semaphore(SETTLING)
        self._stopping = False

    async def tick(self) -> int:
        """Claim what is due, send it, and go on as slots come free; returns how many tries were made."""
        done = 0
        while True:
            self._wake.clear()
            await self._begin()
            if not self._sending:
                return done
            # New work is taken while slow receivers are still being waited for.
            finished = await loops.any_done(self._sending, self._wake, LOOK_EVERY)
            self._sending -= finished
            done += len(finished)
            for task in finished:
                self._note(task)

    async def stop(self) -> None:
        """Claim no more; what is still in flight after a moment is sent again when its lease has run out."""
        self._stopping = True
        self._wake.set()
        if self._sending:
            _, late = await asyncio.wait(set(self._sending), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    @staticmethod
    def _note(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery could not be settled; its lease runs out", exc_info=error)

    async def _begin(self) -> None:
        """Begin what there is room for, and look again at once where a claim found all that it looked for."""
        while not self._stopping and (room := self._slots.room()).limit:
            async with self._works.begin() as work:
                found = await outbox.claim(work, room, await clock.own_times(work))
            for claimed in found:
                self._slots.take(claimed)
                self._sending.add(asyncio.create_task(self._send(claimed)))
            if len(found) < room.limit:
                return

    async def _send(self, claimed: Claimed) -> None:
        passed = False
        try:
            answer = await deliver(self._works, self._sender, claimed, self._settling)
            passed = backoff.judge(answer.status) is Verdict.DELIVERED
        finally:
            self._slots.give_back(claimed, passed=passed)


async def deliver(
    works: Works, sender: Sender, claimed: Claimed, settling: asyncio.Semaphore | None = None
) -> Answer:
    """Send a claimed message and settle it, as many at once as `settling` lets."""
    # The world's time, whatever the tenant's clock says: receivers refuse signatures that are too old.
    now = works.clock.now()
    headers = signature_headers(claimed.delivery_id, now, claimed.body, *claimed.secrets)
    headers["content-type"] = claimed.content_type
    url = with_query(claimed.url, claimed.query)
    answer = await sender.post(url, claimed.body, headers, allow_private=claimed.allow_private)
    async with settling or nullcontext(), works.begin(claimed.tenant_id) as work:
        await outbox.settle(work, claimed, _outcome(answer, work.wall))
    return answer


def _outcome(answer: Answer, now: datetime) -> Outcome:
    return Outcome(
        answer.status,
        answer.duration_ms,
        answer.error,
        answer.asked,
        answer.head,
        answer.body[:MOST_KEPT].decode("utf-8", "replace"),
        _retry_after(answer.retry_after, now),
    )


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` in either of its two forms; nonsense counts as none."""
    if value is None:
        return None
    digits = value.strip()
    if digits.isdecimal():
        # Python refuses to read thousands of digits: the receiver's word, so it must not raise here.
        return timedelta(seconds=int(digits) if len(digits) < LONGEST_NUMBER else 10**LONGEST_NUMBER)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
