"""What the settings make of one another."""

import pytest
from pydantic import ValidationError

from app.settings import Settings

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
