"""What the settings make of one another."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.settings import Settings, complaints

TOKEN = "a-token-of-more-than-24-characters"


@pytest.mark.parametrize(
    ("values", "base_url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"port": 80}, "http://127.0.0.1"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),  # noqa: S104 - nothing is bound
        ({"host": "::"}, "http://[::1]:8000"),
        ({"host": "class.example", "tls": "auto", "port": 443}, "https://class.example"),
        ({"tls": "auto", "port": 8443}, "https://127.0.0.1:8443"),
        ({"tls_cert": "c", "tls_key": "k", "port": 80}, "https://127.0.0.1:80"),
        ({"tls": "auto", "public_url": "http://class.example/"}, "http://class.example"),
    ],
)
def test_the_base_url_is_where_the_server_is_reached(values: dict[str, object], base_url: str) -> None:
    assert Settings(admin_token=TOKEN, **values).base_url == base_url  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["keep_deliveries_days", "keep_events_days", "keep_chats_days"])
def test_what_is_needed_for_days_is_kept_a_week_or_for_ever(name: str) -> None:
    for days in (0, 7):
        assert getattr(Settings(admin_token=TOKEN, **{name: days}), name) == days  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="7 or more, or 0"):
        Settings(admin_token=TOKEN, **{name: 6})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["admin_token", "metrics_token", "docs_token"])
@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("a" * 32, "different characters"),
        ("abcdefg" * 4 + "a", "different characters"),
        ("aAbBcCdDeEfFgG" * 2, "different characters"),
        ("12345678" * 3, "repeats itself"),
        ("correct-horse" * 2, "repeats itself"),
        ("correct-horse-battery", "24 characters or more"),
        ("", "24 characters or more"),
    ],
)
def test_a_token_that_is_easy_to_guess_is_refused(name: str, token: str, why: str) -> None:
    values = {"admin_token": TOKEN, name: token}
    with pytest.raises(ValidationError, match=why) as refused:
        Settings(**values)  # type: ignore[arg-type]
    assert token not in str(complaints(refused.value)) or not token
    assert f"HOMEROOM_{name.upper()}" in str(complaints(refused.value))


@given(st.text("0123456789abcdef", min_size=48, max_size=48))
def test_a_token_by_chance_is_taken(token: str) -> None:
    """Of a million that `openssl rand -hex 24` makes not one has fewer than nine different characters."""
    assume(len(set(token)) > 8)
    assume(token not in (token + token)[1:-1])
    assert Settings(admin_token=token).admin_token == token
