"""How often one address may do something in a minute."""

import pytest

from app.kit import allowance
from app.kit.allowance import Allowance, caller_of


class Now:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_so_many_pass_at_once_and_then_one_by_one() -> None:
    now = Now()
    entries = Allowance(6, now)
    assert [entries.wait("192.0.2.1") for _ in range(8)] == [0] * 6 + [10, 10]
    now.seconds += 9
    assert entries.wait("192.0.2.1") == 1
    now.seconds += 1
    assert [entries.wait("192.0.2.1") for _ in range(2)] == [0, 10]
    now.seconds += 3600
    assert [entries.wait("192.0.2.1") for _ in range(7)] == [0] * 6 + [10]


def test_nobody_waits_for_others() -> None:
    entries = Allowance(1, Now())
    assert [entries.wait(f"192.0.2.{last}") for last in (1, 2, 1, 3)] == [0, 0, 60, 0]


def test_none_is_no_limit() -> None:
    entries = Allowance(0, Now())
    assert [entries.wait("192.0.2.1") for _ in range(1000)] == [0] * 1000


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix-socket", ""),
    ],
)
def test_a_network_of_ipv6_is_one_caller(address: str, caller: str) -> None:
    assert caller_of(address) == caller


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MOST_CALLERS", 3)
    entries = Allowance(1, Now())
    for last in range(1, 6):
        assert entries.wait(f"192.0.2.{last}") == 0
    assert len(entries._left) == 3
    assert [entries.wait(f"192.0.2.{last}") for last in (5, 4, 3)] == [60, 60, 60]
