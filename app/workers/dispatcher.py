"""Sends what is owed: claim, let go, speak, settle. Never a transaction open across a request."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Final

from app.domain import outbox
from app.domain.outbox import Claimed, Outcome, Taken, Written
from app.domain.outbox.settling import MOST_KEPT
from app.kit import loops
from app.kit.outbound import Answer, Sender, with_query
from app.kit.signing import signature_headers
from app.kit.unreachable import is_unreachable
from app.kit.work import Works
from app.rules import backoff
from app.rules.backoff import Verdict
from app.workers.settler import Settler, persistently
from app.workers.slots import Receiver, Slots, receiver_of
from app.workers.standing import Standing

DEPTH: Final = 16
"""Messages of one class that are claimed together; each is sent when the one before it is settled."""
PROMPT_MS: Final = 250
"""After an answer that took longer, the lane makes way for others of its receiver."""
SETTLING: Final = 8
"""Failures settled at once: the connections to the database are for others too."""
BREATH: Final = 0.005
"""At least so long between two claims, so that one takes what several requests made room for."""
LOOK_EVERY: Final = 1.0
BEHIND_EVERY: Final = 0.1
"""After a look behind a crowd of lanes found nothing: it goes through all that are due to full receivers."""
STOP_SECONDS: Final = 3.0
STATUSES: Final = range(100, 1000)
LONGEST_MS: Final = 3_600_000

log = logging.getLogger(__name__)


class Dispatcher:
    """Keeps requests in flight, at most one a lane, where `Slots` has room for them."""

    def __init__(
        self,
        works: Works,
        sender: Sender,
        wake: asyncio.Event | None = None,
        standing: Standing | None = None,
    ) -> None:
        self._works = works
        self._sender = sender
        self._wake = wake or asyncio.Event()
        self._standing = standing
        if standing is not None:
            standing.on_loss = self._cut_off
        self._sending: set[asyncio.Task[None]] = set()
        self._posting: dict[asyncio.Task[None] | None, int | None] = {}
        """Those whose request is under way, and by which number they were claimed."""
        self._slots = Slots()
        self._gone: dict[Receiver, asyncio.Event] = {}
        """Receivers that answered 410, until that is written down: nothing more is sent there."""
        self._settler = Settler(works)
        self._settling = asyncio.Semaphore(SETTLING)
        self._stopping = False
        self._claimed_at = 0.0
        self._behind_at = 0.0
        self._tries = 0
        self.turned: Callable[[], None] = lambda: None
        """Called at each turn of a tick, which lasts as long as there is something to send."""

    async def tick(self) -> int:
        """Claim what is due, send it, and go on as slots come free; returns how many tries were made."""
        self._tries = 0
        while True:
            self._wake.clear()
            await self._begin()
            self.turned()
            # What ended while this looked made room for more.
            if not self._sending and not self._wake.is_set():
                return self._tries
            # New work is taken while slow receivers are still being waited for.
            await loops.woken(self._wake, LOOK_EVERY)
            if (rest := self._claimed_at + BREATH - monotonic()) > 0:
                await loops.pause(rest)

    async def stop(self) -> None:
        """Claim no more; what is still in flight after a moment is sent again when its lease has run out."""
        self._stopping = True
        self._wake.set()
        if self._sending:
            _, late = await asyncio.wait(set(self._sending), timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    def _cut_off(self, number: int) -> None:
        """Break off the requests that others may make now; what was answered is still settled."""
        for task, mine in tuple(self._posting.items()):
            if mine == number and task is not None:
                task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery could not be settled; it is sent again", exc_info=error)

    async def _begin(self) -> None:
        """Begin what there is room for, and look again at once where a claim found all that it looked for."""
        behind = False
        while not self._stopping and (room := self._slots.room()).limit:
            gone = dict(self._gone)
            async with self._works.each() as work:
                number = self._standing.number if self._standing else None
                found = await outbox.claim(work, room, depth=DEPTH, sender=number)
            self._claimed_at = monotonic()
            for claimed in found:
                self._slots.take(claimed)
                # It may have been claimed before it was written down that its receiver is gone.
                off = gone.get(receiver_of(claimed))
                task = asyncio.create_task(self._send(claimed, off))
                self._sending.add(task)
                task.add_done_callback(self._ended)
            if behind and not found:
                self._behind_at = monotonic() + BEHIND_EVERY
            behind = bool(found) and found[0].crowded and monotonic() >= self._behind_at
            if len(found) < room.limit and not behind:
                return

    async def _send(self, head: Claimed, off: asyncio.Event | None = None) -> None:
        """Send a lane's messages as long as they are taken and nothing speaks for letting others go first.

        `off`: its receiver is gone, which is written down when this is set.
        """
        following = iter(head.following)
        try:
            claimed: Claimed | None = head
            while claimed is not None:
                self._slots.take(claimed)
                if off := off or self._gone.get(receiver_of(claimed)):
                    await self._let_go(claimed, off)
                    return
                after = next(following, None)
                goes_on = await self._deliver(claimed, last=after is None)
                claimed = after if goes_on else None
        finally:
            self._slots.give_back(head)

    async def _let_go(self, claimed: Claimed, off: asyncio.Event) -> None:
        """Give a lane back of which nothing is sent, since its receiver is gone."""
        await off.wait()

        async def write() -> None:
            async with self._works.each() as work:
                await outbox.let_go(work, claimed)

        await persistently(write)

    async def _deliver(self, claimed: Claimed, *, last: bool) -> bool:
        """Send a message and settle it; whether the lane goes on under the same lease."""
        self._tries += 1
        task = asyncio.current_task()
        self._posting[task] = claimed.sender
        try:
            answer = await post(self._works, self._sender, claimed)
        finally:
            del self._posting[task]
        verdict = backoff.judge(answer.status)
        if verdict is Verdict.GONE:
            await self._call_off(claimed, answer)
            return False
        passed = verdict is Verdict.DELIVERED
        self._slots.learn(claimed, passed=passed)
        if passed:
            go_on = not last and not self._stopping and answer.duration_ms < PROMPT_MS
            taken = Taken(claimed, _outcome(answer, self._works.clock.now()), go_on)
            written = await self._settle_taken(taken)
            if written is not None:
                return written.goes_on
        await settle(self._works, claimed, answer, self._settling)
        return False

    async def _call_off(self, claimed: Claimed, answer: Answer) -> None:
        """Settle that a receiver is gone; what is claimed already is not sent there meanwhile."""
        self._slots.learn(claimed, passed=False)
        receiver = receiver_of(claimed)
        first = receiver not in self._gone
        off = self._gone.setdefault(receiver, asyncio.Event())
        try:
            await settle(self._works, claimed, answer, self._settling)
        finally:
            if first:
                del self._gone[receiver]
                off.set()

    async def _settle_taken(self, taken: Taken) -> Written | None:
        """Settle it with others; None where it has to be settled by itself."""
        try:
            # A row that somebody held is free the next time, as a rule.
            return await self._settler.settle(taken) or await self._settler.settle(taken)
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("what was taken could not be settled together; each is settled by itself")
            return None


async def deliver(works: Works, sender: Sender, claimed: Claimed) -> Answer:
    """Send a claimed message and settle it."""
    answer = await post(works, sender, claimed)
    await settle(works, claimed, answer)
    return answer


async def post(works: Works, sender: Sender, claimed: Claimed) -> Answer:
    """Send a claimed message, signed."""
    # The world's time, whatever the tenant's clock says: receivers refuse signatures that are too old.
    now = works.clock.now()
    headers = signature_headers(claimed.delivery_id, now, claimed.body, *claimed.secrets)
    headers["content-type"] = claimed.content_type
    url = with_query(claimed.url, claimed.query)
    return await sender.post(url, claimed.body, headers, allow_private=claimed.allow_private)


async def settle(
    works: Works, claimed: Claimed, answer: Answer, settling: asyncio.Semaphore | None = None
) -> None:
    """Settle a try, as many at once as `settling` lets."""

    async def write(*, bare: bool = False) -> None:
        async with settling or nullcontext(), works.begin(claimed.tenant_id) as work:
            outcome = _outcome(answer, work.wall)
            if not await outbox.settle(work, claimed, _bare(outcome) if bare else outcome):
                log.warning("the lease of %s was lost; its result is dropped", claimed.delivery_id)

    try:
        await persistently(write)
    except Exception as error:
        if is_unreachable(error):
            raise
        # Whatever it says that cannot be kept: it counts as a try, or it would be made again and again.
        log.exception("the answer to %s could not be written down", claimed.delivery_id)
        await persistently(partial(write, bare=True))


def _bare(outcome: Outcome) -> Outcome:
    """How it went, and nothing of what was said."""
    return Outcome(
        outcome.status if outcome.status in STATUSES else None,
        min(outcome.duration_ms, LONGEST_MS),
        "the answer could not be written down",
        retry_after=outcome.retry_after,
    )


def _outcome(answer: Answer, now: datetime) -> Outcome:
    return Outcome(
        answer.status,
        answer.duration_ms,
        answer.error,
        answer.asked,
        answer.head,
        answer.body[:MOST_KEPT].decode("utf-8", "replace"),
        answer.wait(now),
    )
