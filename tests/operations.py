"""Makes the README's table of operations from the routes and the golden files; `make format` runs it."""

from documents import README, ROOT, with_made
from fastapi.openapi.utils import get_openapi

from app.dialects.base import Dialect
from app.dialects.registry import DIALECTS


def table() -> str:
    """One row for each operation of each dialect."""
    rows = ["| Dialect | Operation | Vendor's example | What it does |", "|---|---|---|---|"]
    for dialect in DIALECTS:
        rows += _rows(dialect)
    return "\n".join(rows) + "\n"


def _rows(dialect: Dialect) -> list[str]:
    golden = ROOT / "tests" / "dialects" / dialect.name / "golden"
    described = get_openapi(title=dialect.name, version="1", routes=dialect.router.routes)
    rows = []
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            name = operation["summary"].lower().replace(" ", "_")
            files = sorted(golden.glob(f"{name}.*.json"))
            shown = "golden" if files else ""
            does = operation.get("description", "").split("\n")[0].replace("|", "\\|")
            rows.append(f"| {dialect.name} | `{method.upper()} {path}` | {shown} | {does} |")
    return rows


def readme_with(made: str) -> str:
    """The README with this table in its place."""
    return with_made(README, "operations", made)


if __name__ == "__main__":
    README.write_text(readme_with(table()), "utf-8")
