"""What a start with HOMEROOM_TLS=auto finds and makes in the data directory."""

from pathlib import Path

import pytest
from cryptography import x509

from app import tls
from app.settings import Settings


def start(folder: Path, **values: str) -> list[str]:
    """The names in the certificate that the server shows then."""
    files = tls.prepare(Settings(data_dir=folder, tls="auto", **values))  # type: ignore[arg-type]
    assert files is not None
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in held]


def test_without_tls_nothing_is_made(tmp_path: Path) -> None:
    assert tls.prepare(Settings(data_dir=tmp_path)) is None
    assert list(tmp_path.iterdir()) == []


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    names = start(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert start(tmp_path) == names
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert {"class1.meritgraph.com", "*.merithub.com", "localhost", "127.0.0.1", "::1"} <= set(names)


def test_the_keys_are_the_servers_own(tmp_path: Path) -> None:
    start(tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "tls").glob("*.key")}
    assert modes == {"ca.key": 0o600, "server.key": 0o600}


def test_the_public_host_is_named_when_the_authority_was_made_for_it(tmp_path: Path) -> None:
    assert "class.example" in start(tmp_path, public_url="https://class.example:8443")
    # A certificate without a name that is wanted is made anew; one with a name too many serves.
    assert "class.example" in start(tmp_path)


def test_an_older_authority_serves_on_for_its_names(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    start(tmp_path)
    names = start(tmp_path, public_url="https://class.example")
    assert "localhost" in names
    assert "class.example" not in names
    assert "is not for class.example: remove it to get a new one" in caplog.text
