"""How fast one socket may act."""

from collections import deque

from app.realtime.heard import Draw, React, Say
from app.realtime.heard_base import Act

SECONDS = 5.0
OTHERS = 10
# At most so many in so many seconds; a line that is being drawn comes in many pieces.
MOST: dict[type[Act], int] = {Say: 10, React: 10, Draw: 60}


class Pace:
    """Remembers when a socket acted; chat, reactions and strokes are counted apart from all other acts."""

    def __init__(self) -> None:
        self._times: dict[type[Act], deque[float]] = {}

    def too_fast(self, act: Act, now: float) -> bool:
        """Whether this act comes too soon; one that does is not counted."""
        kind = type(act) if type(act) in MOST else Act
        most = MOST.get(kind, OTHERS)
        times = self._times.setdefault(kind, deque(maxlen=most))
        if len(times) == most and now - times[0] < SECONDS:
            return True
        times.append(now)
        return False
