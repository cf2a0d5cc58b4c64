"""The import contracts hold, and each of them notices what it is there to notice."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = "Arrows point down: the edge, then the boundaries, the domain, the tools, the rules"
SLICES = "Slices of the domain stand in an order"
PURE = "Rules are pure: no input, no output, no clock, no chance"
NO_HTTP = "The domain has never heard of HTTP"
SETTINGS = "Settings are read at the edge and handed down as values"

PLANTS = [
    (LAYERS, "domain/users/service.py", "from app.dialects import base"),
    (LAYERS, "kit/ids.py", "from app.domain import users"),
    (LAYERS, "dialects/base.py", "from app.workers import chores"),
    (LAYERS, "stray.py", "'''A file that no layer names.'''"),
    (SLICES, "domain/users/service.py", "from app.domain import classrooms"),
    (SLICES, "domain/activities/service.py", "from app.domain import presence"),
    (PURE, "rules/backoff.py", "import random"),
    (PURE, "rules/lifecycle.py", "from sqlalchemy import select"),
    (NO_HTTP, "domain/users/service.py", "import fastapi"),
    (SETTINGS, "kit/clock.py", "from app.settings import Settings"),
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Judge the package below this folder."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=root,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be spoilt."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    judged = lint(ROOT)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert " 0 broken" in judged.stdout


def test_a_plain_copy_is_judged_as_the_original(copy: Path) -> None:
    judged = lint(copy)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(
    ("contract", "file", "line"), PLANTS, ids=lambda value: str(value) if str(value).endswith(".py") else ""
)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    spoilt = copy / "app" / file
    before = spoilt.read_text("utf-8") if spoilt.exists() else ""
    spoilt.write_text(f"{before}\n{line}\n", "utf-8")
    judged = lint(copy)
    assert judged.returncode == 1
    assert f"{contract} BROKEN" in judged.stdout, judged.stdout
    assert " 1 broken" in judged.stdout


def test_every_contract_has_a_planted_violation() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = {contract["name"] for contract in configuration["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in PLANTS}
