"""Who may be sent to now: a few requests to each receiver, and a few places for all that are unproven."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from app.domain.outbox import Claimed
from app.domain.outbox.claiming import Room

QUICK: Final = 256
"""Requests under way that have not taken long yet."""
TOTAL: Final = 512
SLOW_SECONDS: Final = 1.0
"""A request that takes longer makes its place free for others."""
WIDEST_SLOW: Final = 4
"""Requests at once to a receiver that is slow with one, the others one by one: it may hang altogether."""
UNPROVEN: Final = 12
"""Places that receivers share which have taken nothing yet, or nothing since they failed."""
UNPROVEN_IN_ALL: Final = 128
"""With those that take long: else a few that hang would keep the others from proving themselves."""
EACH_TENANT: Final = 64
WIDEST: Final = 32
"""Lanes at once to one receiver. It begins with one, and twice as many whenever all of them passed.

Where much is owed, about half of them have a request under way; the others are being written down.
"""
AT_ONCE: Final = 64

Receiver = tuple[str, str]
Lane = tuple[str, str, str, int]


@dataclass(slots=True)
class Begun:
    """One lane under way, and since when its request."""

    receiver: Receiver
    unproven: bool
    at: float


@dataclass
class Slots:
    """The requests under way in this process."""

    began: dict[Lane, Begun] = field(default_factory=dict)
    busy: Counter[Receiver] = field(default_factory=Counter)
    widths: dict[Receiver, int] = field(default_factory=dict)

    def room(self) -> Room:
        """What may begin now."""
        late = monotonic() - SLOW_SECONDS
        begun = self.began.values()
        slow = Counter(one.receiver for one in begun if one.at < late)
        unproven = [one for one in begun if one.unproven]
        quick = sum(one.at >= late for one in unproven)
        tried = {one.receiver for one in unproven}
        # Those that may hang have bounds of their own.
        tenants = Counter(one.receiver[0] for one in begun if not one.unproven)

        def left(receiver: Receiver) -> int:
            if receiver in tried:
                return 0
            busy = self.busy[receiver]
            if slow[receiver]:
                return min(1 - busy + slow[receiver], WIDEST_SLOW - busy)
            return self.widths.get(receiver, 1) - busy

        return Room(
            limit=max(0, min(AT_ONCE, QUICK - len(begun) + slow.total(), TOTAL - len(begun))),
            unproven=max(0, min(UNPROVEN - quick, UNPROVEN_IN_ALL - len(unproven))),
            each=1,
            each_tenant=EACH_TENANT // 2,
            known={receiver: left(receiver) for receiver in {*self.busy, *self.widths}},
            full=[tenant for tenant, count in tenants.items() if count >= EACH_TENANT // 2],
        )

    def take(self, claimed: Claimed) -> None:
        """A lane's request begins, the first one or the next."""
        receiver = receiver_of(claimed)
        lane = _lane(claimed)
        if lane not in self.began:
            self.busy[receiver] += 1
        self.began[lane] = Begun(receiver, claimed.unproven, monotonic())

    def learn(self, claimed: Claimed, *, passed: bool) -> None:
        """A request was answered: its receiver gets more at once when all of them pass quickly."""
        one = self.began[_lane(claimed)]
        width = self.widths.get(one.receiver, 1)
        if not passed or monotonic() - one.at > SLOW_SECONDS:
            self.widths.pop(one.receiver, None)
        elif self.busy[one.receiver] >= width:
            self.widths[one.receiver] = min(WIDEST, width * 2)

    def give_back(self, claimed: Claimed) -> None:
        """A lane is let go."""
        receiver = self.began.pop(_lane(claimed)).receiver
        self.busy[receiver] -= 1
        if not self.busy[receiver]:
            del self.busy[receiver]


def receiver_of(claimed: Claimed) -> Receiver:
    """Whom a message is for."""
    return (claimed.tenant_id, claimed.subscription_id)


def _lane(claimed: Claimed) -> Lane:
    return (claimed.tenant_id, claimed.subscription_id, claimed.lane_key, claimed.fence)
