"""How fast one person may act, in however many tabs."""

from collections import OrderedDict, deque
from typing import Final

from app.realtime.heard import Beat, Draw, React, Say
from app.realtime.heard_base import Act

SECONDS = 5.0
OTHERS = 10
# At most so many in so many seconds; a line that is being drawn comes in many pieces.
MOST: dict[type[Act | Beat], int] = {Say: 10, React: 10, Draw: 60, Beat: 20}
MOST_PEOPLE: Final = 20_000
"""So many are remembered, those who came last; also who left and comes again is the same person."""
HOLD_UP: Final = 0.1
"""Seconds for which nothing more is read of a socket that was too fast: who sends faster waits there."""


class Paces:
    """The pace of each person in this process."""

    def __init__(self) -> None:
        self._of: OrderedDict[tuple[str, str], Pace] = OrderedDict()

    def of(self, tenant_id: str, participant_id: str) -> "Pace":
        """One person's; the same for all of their sockets."""
        who = tenant_id, participant_id
        pace = self._of.pop(who, None) or Pace()
        self._of[who] = pace
        if len(self._of) > MOST_PEOPLE:
            self._of.popitem(last=False)
        return pace


class Pace:
    """Remembers when a person acted; chat, reactions, strokes and signs of life are counted apart."""

    def __init__(self) -> None:
        self._times: dict[type[Act | Beat], deque[float]] = {}

    def too_fast(self, act: Act | Beat, now: float) -> bool:
        """Whether this act comes too soon; one that does is not counted."""
        kind: type[Act | Beat] = type(act) if type(act) in MOST else Act
        most = MOST.get(kind, OTHERS)
        times = self._times.setdefault(kind, deque(maxlen=most))
        if len(times) == most and now - times[0] < SECONDS:
            return True
        times.append(now)
        return False
