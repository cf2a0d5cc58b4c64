"""Our authority's certificates, judged by OpenSSL in real handshakes."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.kit.certificates import (
    AUTHORITY_LIFE,
    SERVER_LIFE,
    Pair,
    issue,
    new_authority,
    permits,
    still_serves,
)

# OpenSSL reads the real clock.
NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = ["class1.meritgraph.com", "*.meritgraph.com", "localhost", "127.0.0.1", "::1"]


@pytest.fixture(scope="module")
def authority() -> Pair:
    return new_authority(["meritgraph.com", "localhost", "192.0.2.7"], NOW)


def shakes(server: Pair, authority: Pair, name: str, folder: Path) -> str:
    """What a client that trusts the authority says to the server under this name; nothing if content."""
    for file, content in (("c", server.certificate), ("k", server.key)):
        (folder / file).write_bytes(content)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(folder / "c", folder / "k")
    theirs = ssl.create_default_context(cadata=authority.certificate.decode())
    # As strict as Python 3.13 is by default.
    theirs.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server_side = ours.wrap_bio(up, down, server_side=True)
    client_side = theirs.wrap_bio(down, up, server_hostname=name)
    for _ in range(4):
        for side in (client_side, server_side):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                return str(error)
    return ""


@pytest.mark.parametrize(
    "name", ["class1.meritgraph.com", "class7.meritgraph.com", "localhost", "127.0.0.1", "::1"]
)
def test_a_certificate_is_believed_for_its_names(authority: Pair, tmp_path: Path, name: str) -> None:
    assert shakes(issue(authority, NAMES, NOW), authority, name, tmp_path) == ""


def test_and_for_no_other(authority: Pair, tmp_path: Path) -> None:
    assert "Hostname mismatch" in shakes(
        issue(authority, NAMES, NOW), authority, "live.merithub.com", tmp_path
    )


@pytest.mark.parametrize("name", ["bank.example", "meritgraph.com.evil.example", "192.0.2.8"])
def test_a_stolen_authority_opens_no_other_site(authority: Pair, tmp_path: Path, name: str) -> None:
    stolen = issue(authority, [name], NOW)
    assert "permitted subtree violation" in shakes(stolen, authority, name, tmp_path)


def test_a_certificate_of_somebody_else_is_not_believed(authority: Pair, tmp_path: Path) -> None:
    other = new_authority(["meritgraph.com"], NOW)
    assert shakes(issue(other, NAMES, NOW), authority, "class1.meritgraph.com", tmp_path) != ""


@pytest.mark.parametrize(
    ("name", "permitted"),
    [
        ("meritgraph.com", True),
        ("class1.meritgraph.com", True),
        ("evilmeritgraph.com", False),
        ("com", False),
        ("localhost", True),
        ("127.0.0.9", True),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("::1", True),
        ("2001:db8::1", False),
    ],
)
def test_whom_the_authority_speaks_for(authority: Pair, name: str, permitted: object) -> None:
    assert permits(authority, name) is permitted


def test_they_live_as_long_as_they_should(authority: Pair) -> None:
    assert authority.parsed.not_valid_after_utc == NOW + AUTHORITY_LIFE
    assert authority.parsed.not_valid_after_utc > NOW + timedelta(days=2 * 365)
    assert issue(authority, NAMES, NOW).parsed.not_valid_after_utc == NOW + SERVER_LIFE
    # None outlives its authority.
    late = NOW + AUTHORITY_LIFE - timedelta(days=40)
    assert issue(authority, NAMES, late).parsed.not_valid_after_utc == NOW + AUTHORITY_LIFE


def test_a_certificate_is_renewed_in_its_last_month_or_for_another_name(authority: Pair) -> None:
    server = issue(authority, NAMES, NOW)
    renewal = NOW + SERVER_LIFE - timedelta(days=30)
    assert still_serves(server, authority, NAMES, NOW)
    assert still_serves(server, authority, NAMES[:2], renewal - timedelta(seconds=1))
    assert not still_serves(server, authority, NAMES, renewal)
    assert not still_serves(server, authority, [*NAMES, "class.example"], NOW)
    assert not still_serves(server, new_authority(["meritgraph.com"], NOW), NAMES, NOW)
    other = issue(authority, NAMES, NOW)
    assert not still_serves(Pair(server.certificate, other.key), authority, NAMES, NOW)
    assert not still_serves(Pair(b"torn", server.key), authority, NAMES, NOW)
    assert not still_serves(Pair(server.certificate, b""), authority, NAMES, NOW)
