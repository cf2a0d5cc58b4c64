"""`homeroom env`, `hosts` and `ca`: what they print and what they leave on the disk."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET
from app.database import Address
from app.kit.certificates import new_authority
from app.vendor_commands import Form, written

Homeroom = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def homeroom(tmp_path: Path, database: Address) -> Homeroom:
    """The command as an operator calls it, on the test's database and a data directory of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
    own = {"HOMEROOM_DATA_DIR": str(tmp_path / "data"), "HOMEROOM_DATABASE_URL": database.dsn}

    def call(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        program = [str(Path(sys.executable).parent / "homeroom"), *words]
        environment = inherited | own | settings
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    return call


def test_env_prints_what_a_program_of_merithub_needs(homeroom: Homeroom) -> None:
    answer = homeroom(
        "env", "--vendor", "merithub", "--format", "json", HOMEROOM_PUBLIC_URL="https://class.example"
    )
    assert answer.returncode == 0, answer.stderr
    values = json.loads(answer.stdout)
    secret = values.pop("MERITHUB_PING_SECRET")
    assert secret.startswith("whsec_")
    assert values == {
        "MERITHUB_CLIENT_ID": MERITHUB_ID,
        "MERITHUB_CLIENT_SECRET": MERITHUB_SECRET,
        "MERITHUB_TOKEN_URL": f"https://class.example/v1/{MERITHUB_ID}/api/token",
        "MERITHUB_ACCOUNT_URL": "https://class.example",
        "MERITHUB_CLASS_URL": "https://class.example",
        "MERITHUB_LIVE_URL": "https://class.example",
    }
    in_shell = homeroom("env", "--vendor", "merithub").stdout
    shown = subprocess.run(
        ["sh", "-c", f"{in_shell}\nprintf %s $MERITHUB_PING_SECRET"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == secret
    unknown = homeroom("env", "--vendor", "merithub", "--tenant", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "homeroom: There is no tenant 'nobody'.\n"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.SHELL, "export A=plain\nexport B='it'\"'\"'s $HOME'"),
        (Form.DOTENV, 'A="plain"\nB="it\'s $HOME"'),
        (Form.JSON, '{\n  "A": "plain",\n  "B": "it\'s $HOME"\n}'),
    ],
)
def test_variables_are_written_for_their_reader(form: Form, text: str) -> None:
    assert written({"A": "plain", "B": "it's $HOME"}, form) == text


def test_hosts_prints_a_line_for_each_of_the_vendors_names(homeroom: Homeroom) -> None:
    assert homeroom("hosts").stdout.splitlines() == [
        "127.0.0.1 serviceaccount1.meritgraph.com",
        "127.0.0.1 class1.meritgraph.com",
        "127.0.0.1 live.meritgraph.com",
        "127.0.0.1 serviceaccount1.merithub.com",
        "127.0.0.1 class1.merithub.com",
        "127.0.0.1 live.merithub.com",
        "127.0.0.1 merithub.com",
        "127.0.0.1 s1.serviceaccounts.merithub.net",
        "127.0.0.1 s1.classes.merithub.net",
        "127.0.0.1 api.agora.io",
        "127.0.0.1 api.sd-rtn.com",
    ]
    assert homeroom("hosts", "--address", "2001:db8::7").stdout.startswith("2001:db8::7 serviceaccount1")
    wrong = homeroom("hosts", "--address", "class.example")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "class.example is not an IP address" in wrong.stderr


def test_ca_makes_an_authority_once_and_says_how_to_trust_it(homeroom: Homeroom, tmp_path: Path) -> None:
    told = homeroom("ca", HOMEROOM_PUBLIC_URL="https://class.example:8443").stdout
    certificate, key = tmp_path / "data" / "ca.pem", tmp_path / "data" / "tls" / "ca.key"
    assert told.splitlines()[0] == str(certificate)
    assert f"NODE_EXTRA_CA_CERTS={certificate}" in told
    for word in (
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "curl.cainfo",
        "openssl.cafile",
        "class.example, localhost",
    ):
        assert word in told
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert certificate.stat().st_mode & 0o777 == 0o644
    pem = certificate.read_text("ascii")
    assert homeroom("ca", "--print").stdout == pem
    parsed = x509.load_pem_x509_certificate(pem.encode())
    assert parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize("file", ["ca.pem", "tls/ca.key"])
@pytest.mark.parametrize("content", ["", "no certificate", "another"])
def test_an_authority_that_is_none_is_told_in_a_sentence(
    homeroom: Homeroom, tmp_path: Path, file: str, content: str
) -> None:
    assert homeroom("ca").returncode == 0
    another = new_authority(["meritgraph.com"], datetime.now(UTC))
    pem = (another.certificate if file == "ca.pem" else another.key).decode()
    (tmp_path / "data" / file).write_text(pem if content == "another" else content)
    answer = homeroom("ca")
    assert answer.returncode == 1
    assert "is not one that this program made" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_locked_key_is_refused_and_asks_for_no_password(homeroom: Homeroom, tmp_path: Path) -> None:
    made = new_authority(["localhost"], datetime.now(UTC))
    key = serialization.load_pem_private_key(made.key, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"word"),
    )
    (tmp_path / "c").write_bytes(made.certificate)
    (tmp_path / "k").write_bytes(locked)
    answer = homeroom("serve", HOMEROOM_TLS_CERT=str(tmp_path / "c"), HOMEROOM_TLS_KEY=str(tmp_path / "k"))
    assert answer.returncode == 1
    assert "cannot be used for TLS" in answer.stderr


def test_an_authority_that_cannot_be_kept_is_told_in_a_sentence(homeroom: Homeroom, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    answer = homeroom("ca")
    assert answer.returncode == 1
    assert answer.stderr.startswith("homeroom: Certificates cannot be kept in")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"HOMEROOM_TLS_CERT": "cert.pem"}, "HOMEROOM_TLS_CERT and HOMEROOM_TLS_KEY are needed both"),
        (
            {"HOMEROOM_TLS": "auto", "HOMEROOM_TLS_CERT": "c", "HOMEROOM_TLS_KEY": "k"},
            "HOMEROOM_TLS=auto makes certificates itself",
        ),
        ({"HOMEROOM_TLS_CERT": "no.pem", "HOMEROOM_TLS_KEY": "no.key"}, "cannot be used for TLS"),
        ({"HOMEROOM_TLS": "on"}, "HOMEROOM_TLS"),
        ({"HOMEROOM_TRUSTED_PROXIES": "10.0.0.1,*"}, "* is neither an IP address nor a block"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(
    homeroom: Homeroom, settings: dict[str, str], sentence: str
) -> None:
    answer = homeroom("serve", **settings)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
