"""All measurements in one go: a table on the terminal and in the README, the figures in bench/results.json.

`bench/run.py people` does one part, or some. Each is a module with `measured()` (the figures), `rows()` (the
lines of the table that is for everybody) and `table()` (all there is to say, for whoever works on that part).
Ceilings are measured in the same run, in turns, because figures of different machines or hours say little.
Needs an idle machine.
"""

import sys
import time
import traceback
from importlib import import_module

import report
from documents import README


def main() -> None:
    """Measures, prints, writes; the status says whether every part could be measured."""
    chosen = sys.argv[1:] or report.PARTS
    results, broken = report.read(), []
    for name in (name for name in report.PARTS if name in chosen):
        begun = time.perf_counter()
        print(f"--- {name}", flush=True)
        part = import_module(name)
        try:
            figures = part.measured()
        except Exception:  # noqa: BLE001 - the others are still measured
            traceback.print_exc()
            broken.append(name)
            continue
        print(part.table(figures))
        report.keep(results, name, part.rows(figures), figures)
        print(f"--- {name}: {time.perf_counter() - begun:.0f} s", flush=True)
    print(report.table(report.rows_of(results)))
    README.write_text(report.readme_with(report.rendered(results)), "utf-8")
    if broken:
        sys.exit(f"Not measured: {', '.join(broken)}")


if __name__ == "__main__":
    main()
