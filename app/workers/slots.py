"""Who may be sent to now: a few requests to each receiver, and a few places for all that are unproven."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from app.domain.outbox import Claimed
from app.domain.outbox.claiming import Room

QUICK: Final = 128
"""Requests under way that have not taken long yet."""
TOTAL: Final = 512
SLOW_SECONDS: Final = 1.0
"""A request that takes longer makes its place free for others."""
WIDEST_SLOW: Final = 4
"""Requests at once to a receiver that is slow with one, the others one by one: it may hang altogether."""
UNPROVEN: Final = 12
"""Places that receivers share which have taken nothing yet, or nothing since they failed."""
EACH_TENANT: Final = 64
WIDEST: Final = 16
"""Requests at once to one receiver. It begins with one, and twice as many whenever all of them passed."""
AT_ONCE: Final = 64

Receiver = tuple[str, str]


@dataclass(frozen=True)
class Begun:
    """One request under way."""

    receiver: Receiver
    unproven: bool
    at: float


@dataclass
class Slots:
    """The requests under way in this process."""

    began: dict[str, Begun] = field(default_factory=dict)
    widths: dict[Receiver, int] = field(default_factory=dict)

    def room(self) -> Room:
        """What may begin now."""
        late = monotonic() - SLOW_SECONDS
        begun = self.began.values()
        slow = Counter(one.receiver for one in begun if one.at < late)
        busy = Counter(one.receiver for one in begun)
        tried = {one.receiver for one in begun if one.unproven}
        tenants = Counter(one.receiver[0] for one in begun)

        def left(receiver: Receiver) -> int:
            if receiver in tried:
                return 0
            if slow[receiver]:
                return min(1 - busy[receiver] + slow[receiver], WIDEST_SLOW - busy[receiver])
            return self.widths.get(receiver, 1) - busy[receiver]

        return Room(
            limit=max(0, min(AT_ONCE, QUICK - sum(one.at >= late for one in begun), TOTAL - len(begun))),
            unproven=max(0, UNPROVEN - sum(one.unproven for one in begun)),
            each=1,
            each_tenant=EACH_TENANT // 2,
            known={receiver: left(receiver) for receiver in {*busy, *self.widths}},
            full=[tenant for tenant, count in tenants.items() if count >= EACH_TENANT // 2],
        )

    def take(self, claimed: Claimed) -> None:
        """A request begins."""
        receiver = (claimed.tenant_id, claimed.subscription_id)
        self.began[_name(claimed)] = Begun(receiver, claimed.unproven, monotonic())

    def give_back(self, claimed: Claimed, *, passed: bool) -> None:
        """A request is over."""
        one = self.began.pop(_name(claimed))
        receiver = one.receiver
        busy = 1 + sum(other.receiver == receiver for other in self.began.values())
        width = self.widths.get(receiver, 1)
        if not passed or monotonic() - one.at > SLOW_SECONDS:
            self.widths.pop(receiver, None)
        elif busy >= width:
            self.widths[receiver] = min(WIDEST, width * 2)


def _name(claimed: Claimed) -> str:
    return f"{claimed.tenant_id}/{claimed.delivery_id}/{claimed.fence}"
