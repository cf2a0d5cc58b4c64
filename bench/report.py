"""The table of all measurements: what the terminal, bench/results.json and the README show."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import psutil
from documents import README, ROOT, with_made

RESULTS: Final = ROOT / "bench" / "results.json"
PARTS: Final = ("api", "delivery", "people", "broadcast", "idle", "memory", "growth")
"""The modules that measure, in the order of the table."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, and whether that is enough."""

    measure: str
    figure: str
    ratio: str
    """What part of a ceiling of the same run, or how many times as long; empty where there is nothing."""
    target: str
    reached: bool | None
    """None where no target is set."""

    @classmethod
    def at_least(cls, measure: str, figure: str, ratio: float, least: float) -> Self:
        """A row whose ratio to a ceiling has to be so high."""
        return cls(measure, figure, f"{ratio:.2f}", f"at least {least:g}", ratio >= least)

    @classmethod
    def at_most(cls, measure: str, figure: str, ratio: float, most: float) -> Self:
        """A row whose ratio (how many times as long, or as much) must not be higher."""
        return cls(measure, figure, f"{ratio:.2f}", f"at most {most:g}", ratio <= most)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpus": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), "")


def read() -> dict[str, Any]:
    """The results of the last run; empty ones where there was none, or it was of another machine."""
    try:
        found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    except OSError:
        found = {}
    return found if found.get("machine") == machine() else {"machine": machine(), "parts": {}}


def keep(results: dict[str, Any], part: str, rows: list[Row], figures: dict[str, Any]) -> None:
    """Put a part's figures in the place of its earlier ones, and write them down."""
    results["parts"][part] = {"rows": [asdict(row) for row in rows], "figures": figures}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


def rows_of(results: dict[str, Any]) -> list[Row]:
    """All rows, in the order of the parts."""
    parts = results["parts"]
    return [Row(**row) for name in PARTS if name in parts for row in parts[name]["rows"]]


def table(rows: list[Row]) -> str:
    """The rows for a terminal."""
    cells = [("measure", "figure", "ratio", "target", "reached"), *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    reached = {True: "yes", False: "no", None: ""}[row.reached]
    return row.measure, row.figure, row.ratio, row.target, reached


def rendered(results: dict[str, Any]) -> str:
    """The results as the README shows them."""
    on = results["machine"]
    size = f"{on['cpus']} cores ({on['processor']}), {on['memory_gb']} GB, {on['system']}"
    lines = [
        f"On {size}, Python {on['python']}; clients, receivers and the embedded PostgreSQL share them.",
        "",
        "| Measure | Figure | Ratio | Target | Reached |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows_of(results)]
    return "\n".join(lines) + "\n"


def readme_with(made: str) -> str:
    """The README with these measurements in their place."""
    return with_made(README, "measurements", made)


if __name__ == "__main__":
    README.write_text(readme_with(rendered(json.loads(RESULTS.read_text("utf-8")))), "utf-8")
