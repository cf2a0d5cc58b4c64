"""Who may put whom out, and until when somebody stays out."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.bans import LONGEST_BAN_SECONDS, banned_until, must_be_clean, must_outrank
from app.rules.refusals import BadValue, Banned, NotAllowed
from app.rules.seats import SeatRole

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOST, MODERATOR, PARTICIPANT = SeatRole.HOST, SeatRole.MODERATOR, SeatRole.PARTICIPANT


@pytest.mark.parametrize(
    ("by", "whom", "allowed"),
    [
        (HOST, PARTICIPANT, True),
        (HOST, MODERATOR, True),
        (HOST, HOST, False),
        (MODERATOR, PARTICIPANT, True),
        (MODERATOR, MODERATOR, False),
        (MODERATOR, HOST, False),
        (PARTICIPANT, PARTICIPANT, False),
    ],
)
def test_only_who_stands_higher_puts_out(by: SeatRole, whom: SeatRole, allowed: bool) -> None:  # noqa: FBT001
    if allowed:
        must_outrank(by, whom)
        return
    with pytest.raises(NotAllowed):
        must_outrank(by, whom)


@pytest.mark.parametrize(("seconds", "until"), [(None, None), (60, NINE + MINUTE), (1, NINE + MINUTE / 60)])
def test_a_ban_lasts_as_long_as_was_said(seconds: int | None, until: datetime | None) -> None:
    assert banned_until(NINE, seconds) == until


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_BAN_SECONDS + 1])
def test_a_ban_has_a_length_that_can_be_reckoned(seconds: int) -> None:
    with pytest.raises(BadValue):
        banned_until(NINE, seconds)


@pytest.mark.parametrize(
    ("banned_at", "until", "now", "clean"),
    [
        (None, None, NINE, True),
        (NINE, None, NINE + timedelta(days=3000), False),
        (NINE, NINE + MINUTE, NINE + MINUTE - timedelta(seconds=1), False),
        (NINE, NINE + MINUTE, NINE + MINUTE, True),
    ],
)
def test_after_its_time_somebody_is_clean_again(
    banned_at: datetime | None,
    until: datetime | None,
    now: datetime,
    clean: bool,  # noqa: FBT001
) -> None:
    if clean:
        must_be_clean(banned_at, until, now)
        return
    with pytest.raises(Banned):
        must_be_clean(banned_at, until, now)


def test_who_is_banned_reads_until_when() -> None:
    assert Banned(NINE).message == "You were put out of this class. You can come back after 09:00 UTC."
    assert Banned().message == "You were put out of this class and cannot come back."
