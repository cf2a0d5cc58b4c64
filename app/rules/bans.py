"""Who may put whom out of a room, and until when somebody who was put out stays out."""

from datetime import datetime, timedelta

from app.rules.refusals import BadValue, Banned, NotAllowed
from app.rules.seats import SeatRole

LONGEST_BAN_SECONDS = 10 * 366 * 24 * 60 * 60

RANK = {SeatRole.PARTICIPANT: 0, SeatRole.MODERATOR: 1, SeatRole.HOST: 2}


def must_outrank(by: SeatRole, whom: SeatRole) -> None:
    """Refuse whoever would put out somebody of the own role or a higher one."""
    if RANK[by] <= RANK[whom]:
        raise NotAllowed("put out this person")


def banned_until(now: datetime, seconds: int | None) -> datetime | None:
    """When a ban that begins now is over; None is never."""
    if seconds is None:
        return None
    if not 1 <= seconds <= LONGEST_BAN_SECONDS:
        raise BadValue("seconds", f"must be from 1 to {LONGEST_BAN_SECONDS}")
    return now + timedelta(seconds=seconds)


def must_be_clean(banned_at: datetime | None, until: datetime | None, now: datetime) -> None:
    """Refuse whoever is banned at this instant. A ban without an end lasts for ever."""
    if banned_at is not None and (until is None or now < until):
        raise Banned(until)
