"""Documents of the project that show something made: it stands between two marks."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"


def with_made(document: Path, mark: str, made: str) -> str:
    """The document with this in its place, which is between `<!-- mark -->` and `<!-- /mark -->`."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    head, rest = document.read_text("utf-8").split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}{made}{end}{tail}"
