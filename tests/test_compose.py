"""The containers of docker-compose.yml hold no more rights and no more memory than they need."""

import re

import pytest
from documents import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
LISTED = TEXT.split("\nservices:\n")[1].split("\nsecrets:\n")[0]
SERVICES = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", LISTED, re.MULTILINE))


@pytest.mark.parametrize("name", ["database", "api", "worker"])
def test_each_container_is_locked_and_bounded(name: str) -> None:
    assert "<<: *locked" in SERVICES[name] or "<<: *homeroom" in SERVICES[name]
    assert "mem_limit:" in SERVICES[name]


def test_what_is_locked_is_read_only_without_capabilities_or_new_rights() -> None:
    locked = TEXT.split("x-locked: &locked\n")[1].split("\n\n")[0]
    for line in ("read_only: true", 'security_opt: ["no-new-privileges:true"]', "cap_drop: [ALL]"):
        assert line in locked
    assert "x-homeroom: &homeroom\n  <<: *locked\n" in TEXT


def test_secrets_come_in_files() -> None:
    named = re.findall(r"^ +(\w*(?:TOKEN|PASSWORD)\w*):", TEXT, re.MULTILINE)
    assert named
    assert [name for name in named if not name.endswith("_FILE")] == []


def test_the_worker_has_a_health_check_at_its_port() -> None:
    port = re.search(r'HOMEROOM_WORKER_PORT: "(\d+)"', TEXT)
    assert port is not None
    assert f"127.0.0.1:{port[1]}/livez" in SERVICES["worker"]
