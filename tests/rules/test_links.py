"""Links that need no login hold for ever, or as long as a tenant says."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.links import LinkKind, earliest, expiry, is_over

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(LinkKind))
@pytest.mark.parametrize("limits", [{}, {kind.value: 0 for kind in LinkKind}])
def test_a_link_holds_for_ever_unless_the_tenant_says_otherwise(
    kind: LinkKind, limits: dict[str, int]
) -> None:
    assert expiry(limits, kind, NOW) == ""
    assert not is_over("", NOW)


def test_a_link_is_over_to_the_second() -> None:
    expires = expiry({"chat_link_days": 7}, LinkKind.CHAT, NOW)
    assert not is_over(expires, NOW + timedelta(days=7, seconds=-1))
    assert is_over(expires, NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("expiries", "first"), [(("", ""), ""), (("9", ""), "9"), (("", "10"), "10"), (("9", "10"), "9")]
)
def test_of_several_ends_the_first_counts(expiries: tuple[str, ...], first: str) -> None:
    assert earliest(*expiries) == first
