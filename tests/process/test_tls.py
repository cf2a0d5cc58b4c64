"""A real server with HOMEROOM_TLS=auto, called by programs that have the vendor's addresses in their code."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from common import free_port
from jose import jws
from make import merithub_class
from waiting import eventually
from websockets.sync.client import connect

from app.bootstrap import MERITHUB_ID, MERITHUB_SECRET, TENANT
from app.database import Address
from app.dialects.merithub import MERITHUB

pytestmark = pytest.mark.process

HOMEROOM = str(Path(sys.executable).parent / "homeroom")
FORM = {
    "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "assertion": f"Bearer {jws.sign({'iss': MERITHUB_ID}, MERITHUB_SECRET)}",
}


@dataclass
class Secure:
    """A server that speaks https, and the certificate to trust."""

    port: int
    authority: Path
    environment: dict[str, str]

    def run(self, *words: str, **variables: str) -> str:
        """What a program prints; the vendor's names lead to this server in it."""
        done = subprocess.run(
            words, env=self.environment | variables, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def token_url(self, host: str) -> str:
        return f"https://{host}:{self.port}/v1/{MERITHUB_ID}/api/token"


@dataclass(frozen=True)
class Behind:
    """The server as it is called through a proxy."""

    base_url: str
    api: httpx.Client


@pytest.fixture
def secure(database: Address, tmp_path: Path) -> Iterator[Secure]:
    port, data = free_port(), tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEROOM_")}
    environment |= {
        "HOMEROOM_DATA_DIR": str(data),
        "HOMEROOM_DATABASE_URL": database.dsn,
        "HOMEROOM_PORT": str(port),
        "HOMEROOM_TLS": "auto",
        "HOMEROOM_TRUSTED_PROXIES": "127.0.0.1",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([HOMEROOM, "serve"], env=environment, stdout=output, stderr=output)

    def ready() -> bool:
        assert process.poll() is None, log.read_text("utf-8")
        return f"Homeroom is starting on https://127.0.0.1:{port}" in log.read_text("utf-8")

    try:
        eventually(ready, "the server is ready")
        yield Secure(port, data / "ca.pem", environment)
    finally:
        process.terminate()
        process.wait(30)


PYTHON = """
    import socket, sys, httpx
    real = socket.getaddrinfo
    socket.getaddrinfo = lambda host, port, *more, **named: real("127.0.0.1", port, *more, **named)
    answer = httpx.post(sys.argv[1], data={"grant_type": sys.argv[2], "assertion": sys.argv[3]})
    print(answer.text)
"""
NODE = """
    const dns = require("dns");
    dns.lookup = (name, options, done) =>
      options.all ? done(null, [{address: "127.0.0.1", family: 4}]) : done(null, "127.0.0.1", 4);
    const [url, grant_type, assertion] = process.argv.slice(1);
    fetch(url, {method: "POST", body: new URLSearchParams({grant_type, assertion})})
      .then(answer => answer.text()).then(text => console.log(text));
"""


def test_programs_with_the_vendors_addresses_in_their_code_run_as_they_are(secure: Secure) -> None:
    python = [sys.executable, "-c", textwrap.dedent(PYTHON)]
    for host in MERITHUB.host_names:
        trusting = {"SSL_CERT_FILE": str(secure.authority)}
        answer = json.loads(secure.run(*python, secure.token_url(host), *FORM.values(), **trusting))
        assert answer["access_token"].startswith("Bearer ey")
        assert answer["api_domain"] == f"https://{host}:{secure.port}/{MERITHUB_ID}/api/token"
    # Who does not trust the authority is not fooled.
    refused = subprocess.run(
        [*python, secure.token_url("class1.meritgraph.com"), *FORM.values()],
        env=secure.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CERTIFICATE_VERIFY_FAILED" in refused.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_so_do_programs_in_node(secure: Secure) -> None:
    host = "serviceaccount1.meritgraph.com"
    trusting = {"NODE_EXTRA_CA_CERTS": str(secure.authority)}
    answer = secure.run(
        "node", "-e", textwrap.dedent(NODE), secure.token_url(host), *FORM.values(), **trusting
    )
    assert json.loads(answer)["api_domain"] == f"https://{host}:{secure.port}/{MERITHUB_ID}/api/token"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_so_does_curl_and_the_operators_side_is_not_behind_the_vendors_name(secure: Secure) -> None:
    def curl(host: str, path: str) -> str:
        to_here = ["--resolve", f"{host}:{secure.port}:127.0.0.1", "--cacert", str(secure.authority)]
        return secure.run("curl", "-sS", *to_here, f"https://{host}:{secure.port}{path}")

    assert json.loads(curl("localhost", "/livez")) == {"status": "live"}
    for host in (*MERITHUB.host_names, "class12.meritgraph.com"):
        for path in ("/livez", "/docs", "/_/admin/v1/tenants"):
            assert json.loads(curl(host, path))["code"] == "pathNotFound"


def test_a_whole_class_is_held_over_https_and_its_pings_arrive(secure: Secure) -> None:
    assert "Everything arrived" in secure.run(HOMEROOM, "demo")


def test_a_trusted_proxy_says_where_links_lead_and_who_is_there(secure: Secure) -> None:
    told = {
        "x-forwarded-for": "10.0.0.7, 203.0.113.9",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "class.example",
    }
    # The proxy asks under this machine's name, and the certificate is for that too.
    base_url, trusting = (
        f"https://127.0.0.1:{secure.port}",
        ssl.create_default_context(cafile=secure.authority),
    )
    with httpx.Client(base_url=base_url, headers=told, verify=trusting, trust_env=False) as api:
        token = api.post(f"/v1/{MERITHUB_ID}/api/token", data=FORM).json()
        assert token["api_domain"] == f"http://class.example/{MERITHUB_ID}/api/token"
        made = merithub_class(Behind(base_url, api), students=0)
        address = f"wss://127.0.0.1:{secure.port}/_/room/{TENANT}/{made.host_link}/socket"
        with connect(address, ssl=trusting, additional_headers=told, proxy=None) as socket:
            for message in ({"type": "hello", "v": 1, "tab": "t"}, {"type": "start"}, {"type": "end"}):
                socket.send(json.dumps(message))
            while json.loads(socket.recv(15))["type"] != "ended":
                continue

        def rows() -> list[dict[str, str]]:
            path = f"/v1/{MERITHUB_ID}/{made.class_id}/attendance"
            return list(api.get(path, headers={"authorization": made.token}).json()["attendance"])

        assert [row["ip"] for row in eventually(rows, "the attendance is settled")] == ["203.0.113.9"]
