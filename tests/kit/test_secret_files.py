"""Secrets that come in files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.kit.postgres import with_password
from app.settings import SECRETS, Settings, complaints

TOKEN = "a-token-of-more-than-24-characters"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("admin_token", TOKEN),
        ("metrics_token", TOKEN),
        ("docs_token", TOKEN),
        ("database_url", "postgresql://homeroom:word@database/homeroom"),
        ("database_password", "word"),
        ("egress_proxy", "http://user:word@proxy:3128"),
        ("files_url", "s3://bucket"),
    ],
)
def test_each_secret_may_come_in_a_file(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(f"{text}\n")
    monkeypatch.setenv(f"HOMEROOM_{name.upper()}_FILE", str(tmp_path / "secret"))
    assert getattr(Settings(), name) == text
    assert name in SECRETS


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_that_cannot_be_used_is_named(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "secret"
    if content is not None:
        place.write_bytes(content)
    monkeypatch.setenv("HOMEROOM_ADMIN_TOKEN_FILE", str(place))
    with pytest.raises(ValidationError) as caught:
        Settings()
    (sentence,) = complaints(caught.value)
    assert sentence.startswith(f"HOMEROOM_ADMIN_TOKEN_FILE: {place}")


def test_a_secret_that_is_there_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(TOKEN)
    monkeypatch.setenv("HOMEROOM_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("HOMEROOM_ADMIN_TOKEN_FILE", str(tmp_path / "secret"))
    with pytest.raises(ValidationError, match="are both set"):
        Settings()


@pytest.mark.parametrize(
    ("url", "password", "whole"),
    [
        (
            "postgresql://homeroom@database/homeroom",
            "p@:/s",
            "postgresql://homeroom:p%40%3A%2Fs@database/homeroom",
        ),
        (
            "postgresql://homeroom:own@database/homeroom",
            "other",
            "postgresql://homeroom:own@database/homeroom",
        ),
        ("postgresql://homeroom@database/homeroom", None, "postgresql://homeroom@database/homeroom"),
    ],
)
def test_a_password_is_put_into_an_address_that_has_none(url: str, password: str | None, whole: str) -> None:
    assert with_password(url, password) == whole
