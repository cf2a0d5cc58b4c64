"""The contracts of pyproject.toml hold, and a planted violation of each kind fails them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_arrows_point_down() -> None:
    outcome = lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("kit/ids.py", "import app.domain.users.service", "Arrows point down"),
        ("realtime/hub.py", "import app.dialects.registry", "Arrows point down"),
        ("domain/users/service.py", "import app.domain.activities.service", "Slices of the domain"),
        ("rules/presence.py", "import random", "Rules are pure"),
        ("domain/users/service.py", "import fastapi", "The domain has never heard of HTTP"),
        ("domain/users/service.py", "import app.settings", "Settings are read at the edge"),
    ],
)
def test_a_planted_import_is_found(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / "app" / file
    path.write_text(path.read_text("utf-8") + f"\n{line}\n", "utf-8")
    outcome = lint(copy)
    broken = [said for said in outcome.stdout.splitlines() if "BROKEN" in said or contract in said]
    assert outcome.returncode != 0
    assert any(contract in said for said in broken), outcome.stdout
