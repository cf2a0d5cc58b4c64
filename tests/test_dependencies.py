"""What is installed: the image's lock holds all of it by hash, and nothing that only trips scanners."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
UNUSED = ("ecdsa", "pyasn1", "rsa")
"""What python-jose brings for machines without `cryptography`, which are none of ours."""
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)", re.MULTILINE)
HASHED = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==[^\n]*\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)


def pinned(file: str) -> dict[str, str]:
    """The versions in a lock file, by name."""
    text = (ROOT / ".image" / file).read_text("utf-8")
    return {match["name"]: match["version"] for match in PINNED.finditer(text)}


def needed(requirement: Requirement, seen: set[tuple[str, frozenset[str]]]) -> Iterator[str]:
    """The names of a requirement and of all that it needs here, as far as it is installed."""
    name = canonicalize_name(requirement.name)
    if (name, frozenset(requirement.extras)) in seen:
        return
    seen.add((name, frozenset(requirement.extras)))
    yield name
    try:
        further = requires(name) or []
    except PackageNotFoundError:
        return
    for one in map(Requirement, further):
        extras = requirement.extras or {""}
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras):
            yield from needed(one, seen)


def test_the_lock_fits_what_the_project_asks_for() -> None:
    locked = pinned("requirements.txt")
    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: run `make lock`"
    builders = pinned("build.txt")
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert requirement.specifier.contains(builders[canonicalize_name(requirement.name)])


def test_the_lock_holds_all_that_is_needed_and_nothing_that_is_not_used() -> None:
    locked, seen = pinned("requirements.txt"), set[tuple[str, frozenset[str]]]()
    wanted = {
        name
        for requirement in map(Requirement, PROJECT["project"]["dependencies"])
        for name in needed(requirement, seen)
    }
    assert wanted - set(locked) == set(UNUSED)
    assert not set(UNUSED) & set(locked)


@pytest.mark.parametrize("file", ["requirements.txt", "build.txt"])
def test_all_of_it_is_named_by_its_hash(file: str) -> None:
    text = (ROOT / ".image" / file).read_text("utf-8")
    assert {match["name"] for match in HASHED.finditer(text)} == set(pinned(file))


SIGN_AND_READ = f"""
import sys
sys.modules.update(dict.fromkeys({UNUSED!r}))  # to import these fails now
from jose import jws
import app.main, app.demo_client, app.greeting
from app.dialects import jwt
token = jws.sign({{"iss": "school"}}, "k" * 32, algorithm="HS256")
assert jws.verify(token, "k" * 32, ["HS256"]) == b'{{"iss":"school"}}'
"""


def test_tokens_are_signed_and_read_without_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGN_AND_READ], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
