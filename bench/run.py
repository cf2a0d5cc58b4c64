"""Three measurements, each against its like in the same run; figures go to bench/results.json.

What is left of a bare route's speed when a request schedules a class, and when Agora's programs change
states and poll; and how much slower each MeritHub route is in a tenant of 10,000 users and 10,000 classes
than in one of 100. Needs an idle machine.
"""

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import against_bare
import agora
import scale

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measures, prints, writes. `bench/run.py bare` (or `agora`, or `scale`) does one of them."""
    chosen = sys.argv[1:] or ["bare", "agora", "scale"]
    results: dict[str, Any] = {"python": platform.python_version(), "cpus": os.cpu_count()}
    if "bare" in chosen:
        results |= against_bare.measured()
        print(f"Scheduling a class runs at {results['ratio']:.1%} of a bare route's requests a second.")
    if "agora" in chosen:
        results["agora"] = agora.measured()
        print(agora.table(results["agora"]))
    if "scale" in chosen:
        results["scale"] = scale.measured()
        print(scale.table(results["scale"]))
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
