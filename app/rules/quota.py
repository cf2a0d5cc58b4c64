"""How many calls fit into a sliding hour, and how long one that does not fit has to wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

HOUR = timedelta(hours=1)


def wait(times: Sequence[datetime], limit: int, now: datetime) -> int:
    """Whole seconds until one more call fits beside those at `times` (the oldest first); 0 if it fits now."""
    if len(times) < limit:
        return 0
    free_at = times[-limit] + HOUR
    return max(0, ceil((free_at - now).total_seconds()))


def kept(times: Sequence[datetime], limit: int, now: datetime) -> list[datetime]:
    """The calls to remember, this one among them: as many as the limit, of the last hour."""
    recent = [time for time in times if time > now - HOUR]
    return sorted([*recent, now])[-limit:]
