"""The outbox against a model of it: whatever happens in whichever order, nothing is lost and order holds.

Longer: `make test ARGS="tests/domain/test_outbox_machine.py --hypothesis-profile=long"`.
"""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from common import START
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from owing import enqueue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.database import Address
from app.domain import outbox, tenants
from app.domain.outbox import Claimed, Notice, Outcome, Taken, log, steering
from app.domain.outbox.claiming import LEASE, Room
from app.domain.outbox.tables import Delivery, Lane, Subscription
from app.kit import ids
from app.kit.clock import ManualClock
from app.kit.lines import open_engine
from app.kit.work import Work, Works
from app.rules.refusals import Refusal

T = TypeVar("T")
PURPOSES, CLASSES = ("status", "content"), ("a", "b")
OK = Outcome(200, 5)
NOT_TAKEN = {
    "refused": Outcome(404, 5),
    "broken": Outcome(500, 5),
    "away": Outcome(503, 5),
    "throttled": Outcome(429, 5, retry_after=timedelta(minutes=2)),
    "silent": Outcome(None, 15_000, "TimeoutError"),
    "gone": Outcome(410, 5),
}
URL = "http://127.0.0.1:9/"
HOW = [*["taken", "taken, going on"] * 3, "taken alone", "taken, unheard", *NOT_TAKEN]
VERBS = ["resume", "resume", "resend", "resend", "pause", "subscribe", "move", "replay", "replay missing"]
SPANS = [
    *[timedelta(seconds=6), timedelta(seconds=31), timedelta(minutes=11)] * 2,
    timedelta(hours=4),
    timedelta(hours=130),
]
any_place = st.integers(0, 63)


@dataclass
class Held:
    """A lane that a sender holds, the message that it sends now, and until when nobody else may have it."""

    current: Claimed
    following: list[Claimed]
    until: datetime
    alive: bool = True
    """Whether its sender still runs."""

    @property
    def lane(self) -> tuple[str, str]:
        return self.current.subscription_id, self.current.lane_key


@dataclass
class Model:
    """What must be so."""

    owed: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Of each receiver and class the messages in order of their commits."""
    sent: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """The same as they were sent first."""
    taken: set[str] = field(default_factory=set)
    """Those that a receiver said yes to."""
    refused: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    """Those of which that is written down."""
    progress: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of each lane the number that was sent last."""

    def send(self, claimed: Claimed) -> None:
        text = claimed.body.decode()
        key = (claimed.subscription_id, claimed.classroom_id)
        assert text not in self.done, "what is settled is sent again only when somebody wants that"
        if text not in self.sent[key]:
            assert self.owed[key][len(self.sent[key])] == text, "the first tries of a class are in its order"
            self.sent[key].append(text)
        lane = (claimed.subscription_id, claimed.lane_key)
        last = self.progress.get(lane, claimed.seq - 1)
        assert claimed.seq in (last, last + 1) or claimed.lane_key.startswith("~msg")
        self.progress[lane] = claimed.seq


class Outbox(RuleBasedStateMachine):
    """Two senders, two receivers with two classes each, an operator, and time."""

    runner: asyncio.Runner
    engine: AsyncEngine

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(START)
        self.works = Works(self.engine, self.clock)
        self.model = Model()
        self.held: list[Held] = []
        self.former: list[Claimed] = []
        """Claims whose result must not count any more."""

    def do(self, act: Callable[[Work], Awaitable[T]]) -> T:
        async def in_a_work() -> T:
            async with self.works.begin() as work:
                return await act(work)

        return self.runner.run(in_a_work())

    @initialize()
    def begin(self) -> None:
        async def make(work: Work) -> list[Subscription]:
            tenant = await tenants.create(work, "School", allow_private=True)
            return [
                await outbox.subscribe(work, tenant.tenant_id, "merithub", purpose, URL)
                for purpose in PURPOSES
            ]

        made = self.do(make)
        self.tenant_id = made[0].tenant_id
        self.receivers = [one.subscription_id for one in made]

    def teardown(self) -> None:
        try:
            self.everything_arrives_at_last()
        finally:
            self.do(lambda work: tenants.delete(work, self.tenant_id))

    # ---- What is owed.

    async def _named(self, work: Work, receiver: str) -> Subscription:
        return await steering.named(work, self.tenant_id, receiver)

    @rule(place=any_place, name=st.sampled_from(CLASSES), count=st.integers(1, 3), fails=st.booleans())
    def owe(self, place: int, name: str, count: int, *, fails: bool) -> None:
        receiver = self.receivers[place % len(self.receivers)]
        mine = self.model.owed[receiver, name]
        texts = [f"{receiver}/{name}/{len(mine) + number}" for number in range(count)]

        async def tell(work: Work) -> None:
            notices = [Notice("k", text.encode()) for text in texts]
            await enqueue(work, await self._named(work, receiver), name, notices)
            if fails:
                raise LookupError

        with suppress(LookupError):
            self.do(tell)
            mine += texts

    # ---- Sending.

    @rule(depth=st.sampled_from([1, 8]))
    def claim(self, depth: int) -> None:
        now, enabled = self.clock.now(), {one.subscription_id: one.enabled for one in self.subscriptions()}
        claimed = self.do(lambda work: outbox.claim(work, Room.for_all(64), depth=depth))
        for head in sorted(claimed, key=lambda one: one.body):
            one = Held(head, list(head.following), now + LEASE)
            assert enabled[head.subscription_id], "nothing is sent to a receiver that is switched off"
            before = [other for other in self.held if other.lane == one.lane]
            assert all(other.until <= now for other in before), "a lane is one sender's at a time"
            assert all(other.current.fence < head.fence for other in before)
            assert [other.seq for other in one.following] == [
                head.seq + place for place in range(1, len(one.following) + 1)
            ]
            self.former += [other.current for other in before]
            self.held = [other for other in self.held if other.lane != one.lane] + [one]
            self.model.send(head)

    @precondition(lambda self: any(one.alive for one in self.held))
    @rule(place=any_place, how=st.sampled_from(HOW))
    def answer(self, place: int, how: str) -> None:
        """What a receiver says to one of the messages under way, and that it is written down."""
        alive = [one for one in self.held if one.alive]
        one = alive[place % len(alive)]
        if how in NOT_TAKEN:
            self.model.refused.add(one.current.body.decode())
            assert self.do(lambda work: outbox.settle(work, one.current, NOT_TAKEN[how]))
            self.let_go(one)
            return
        self.model.taken.add(one.current.body.decode())
        match how:
            case "taken alone":
                assert self.do(lambda work: outbox.settle(work, one.current, OK))
                self.model.done.add(one.current.body.decode())
                self.let_go(one)
            case "taken, unheard":
                self.taken_unheard(one)
            case _:
                self.taken(one, go_on=how == "taken, going on")

    @rule(
        owed=st.lists(st.tuples(any_place, st.sampled_from(CLASSES), st.integers(1, 3)), max_size=3),
        depth=st.sampled_from([1, 8]),
        answers=st.lists(st.tuples(any_place, st.sampled_from(HOW)), min_size=1, max_size=6),
        after=st.sampled_from(SPANS),
    )
    def go_on(
        self,
        owed: list[tuple[int, str, int]],
        depth: int,
        answers: list[tuple[int, str]],
        after: timedelta,
    ) -> None:
        """As it goes every day: things happen, are sent and answered, and time passes."""
        for place, name, count in owed:
            self.owe(place, name, count, fails=False)
        self.claim(depth)
        for place, how in answers:
            if any(one.alive for one in self.held):
                self.answer(place, how)
        self.time_passes(after)

    def taken(self, one: Held, *, go_on: bool) -> None:
        """Settled together with others of its kind."""
        taken = Taken(one.current, OK, go_on and bool(one.following))
        [written] = self.do(lambda work: outbox.settle_taken(work, [taken]))
        assert written is not None, "a lease that nobody took over counts"
        self.model.done.add(one.current.body.decode())
        if written.stale:
            self.do(lambda work: outbox.mark_well(work, [one.current]))
        if not written.goes_on:
            self.let_go(one)
            return
        self.former.append(one.current)
        one.current, one.until = one.following.pop(0), self.clock.now() + LEASE
        self.model.send(one.current)

    def taken_unheard(self, one: Held) -> None:
        """It is committed, and the sender does not hear of it and asks again."""
        taken = [Taken(one.current, OK, go_on=bool(one.following))]
        self.do(lambda work: outbox.settle_taken(work, taken))
        assert self.do(lambda work: outbox.settle_taken(work, taken)) == [None]
        assert not self.do(lambda work: outbox.settle(work, one.current, OK))
        self.model.done.add(one.current.body.decode())
        self.let_go(one)

    def let_go(self, one: Held) -> None:
        self.held.remove(one)
        self.former.append(one.current)

    @precondition(lambda self: any(one.alive for one in self.held))
    @rule()
    def crash(self) -> None:
        """Both senders; their leases have to run out."""
        for one in self.held:
            one.alive = False

    @rule(place=any_place)
    def lose_a_lease(self, place: int) -> None:
        """A sender thinks for too long; another one is given the lane."""
        self.claim(1)
        self.time_passes(LEASE)
        self.claim(1)
        self.settle_too_late(place, "taken")
        self.settle_too_late(place, "refused")

    @rule(place=any_place, how=st.sampled_from(["taken", *sorted(NOT_TAKEN)]))
    def settle_too_late(self, place: int, how: str) -> None:
        """A sender whose lease was lost, or that settled already."""
        if not self.former:
            return
        late = self.former[-1 - place % min(len(self.former), 8)]
        lane = (late.subscription_id, late.lane_key)
        if any(one.lane == lane and one.current.fence == late.fence for one in self.held):
            # It goes on with the next message under the same fence, so it settles no former one.
            return
        before = self.rows()
        if how == "taken":
            assert self.do(lambda work: outbox.settle_taken(work, [Taken(late, OK)])) == [None]
        assert not self.do(lambda work: outbox.settle(work, late, NOT_TAKEN.get(how, OK)))
        assert self.rows() == before, "a lease that was lost changes nothing"

    # ---- The operator, and time.

    @rule(place=any_place, verb=st.sampled_from(VERBS))
    def operate(self, place: int, verb: str) -> None:
        receiver, purpose = self.receivers[place % 2], PURPOSES[place % 2]

        async def act(work: Work) -> None:
            match verb:
                case "pause":
                    await steering.pause(work, self.tenant_id, receiver)
                case "resume":
                    await steering.resume(work, self.tenant_id, receiver)
                case "replay":
                    self.model.done.clear()
                    await steering.replay(work, self.tenant_id, receiver, START)
                case "replay missing":
                    await steering.replay_missing(work, self.tenant_id, receiver, START)
                case "subscribe":
                    await outbox.subscribe(work, self.tenant_id, "merithub", purpose, URL)
                case "move":
                    await outbox.subscribe(work, self.tenant_id, "merithub", purpose, f"{URL}{place}")
                case _:
                    found = await log.deliveries(work, self.tenant_id, limit=10_000)
                    if owed := sorted(found, key=lambda one: one.body):
                        again = owed[place % len(owed)]
                        await outbox.resend(work, self.tenant_id, again.delivery_id)
                        self.model.done.discard(again.body.decode())

        with suppress(Refusal):
            self.do(act)

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.clock.advance(span)

    # ---- Reading.

    def subscriptions(self) -> list[Subscription]:
        return list(self.do(lambda work: log.subscriptions(work, self.tenant_id)))

    def deliveries(self) -> list[Delivery]:
        return list(self.do(lambda work: log.deliveries(work, self.tenant_id, limit=10_000)))

    def rows(self) -> list[Any]:
        async def read(work: Work) -> list[Any]:
            return [
                tuple(row)
                for table in (Subscription, Lane, Delivery)
                for row in await work.db.execute(
                    select(table.__table__)
                    .where(table.__table__.c.tenant_id == self.tenant_id)
                    .order_by(*table.__table__.primary_key.columns)
                )
            ]

        return self.do(read)

    def everything_arrives_at_last(self) -> None:
        """With receivers that are well again everything owed is taken, or died of what it was answered."""
        for receiver in self.receivers:
            self.do(lambda work, receiver=receiver: steering.resume(work, self.tenant_id, receiver))
        self.crash()
        for _ in range(200):
            self.clock.advance(timedelta(hours=11))
            self.claim(8)
            for one in tuple(self.held):
                while one in self.held:
                    self.model.taken.add(one.current.body.decode())
                    self.taken(one, go_on=True)
            found = self.deliveries()
            if all(one.state != "pending" for one in found):
                break
        owed = {text for texts in self.model.owed.values() for text in texts}
        assert {one.body.decode(): one.state for one in found} == {
            text: "delivered" if text in self.model.taken else "dead" for text in owed
        }
        assert {one.body.decode() for one in found if one.state == "dead"} <= self.model.refused


@pytest.fixture
def machine(database: Address, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Outbox]]:
    # In the order in which they are made, so that a history that failed goes the same way again.
    numbers = itertools.count()
    monkeypatch.setattr(ids, "new_id", lambda: f"{next(numbers):020}")
    with asyncio.Runner() as runner:
        engine = open_engine(database.url, database.dsn, size=2, patience=30)
        yield type("Outbox", (Outbox,), {"runner": runner, "engine": engine})
        runner.run(engine.dispose())


def test_nothing_is_lost_and_order_holds_whatever_happens(machine: type[Outbox]) -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(
        machine,
        settings=settings(
            derandomize=not long,
            max_examples=1_000 if long else 30,
            stateful_step_count=80 if long else 40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # To find a shorter history that fails takes minutes.
            phases=[Phase.generate, Phase.shrink] if long else [Phase.generate],
        ),
    )
