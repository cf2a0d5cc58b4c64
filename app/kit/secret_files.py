"""Secrets that come in files, as container platforms hand them over: `NAME_FILE` names the file of `NAME`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def with_files(
    values: Mapping[str, Any], names: Iterable[str], prefix: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """The values with those of files; ValueError, without what a file holds, for one that cannot be used."""
    found = dict(values)
    for name in names:
        variable = f"{prefix}{name.upper()}"
        place = environment.get(f"{variable}_FILE")
        if not place:
            continue
        if found.get(name) not in (None, ""):
            raise ValueError(f"{variable} and {variable}_FILE are both set: unset one of them.")
        try:
            text = Path(place).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise ValueError(f"{variable}_FILE: {place} cannot be read ({why}).") from None
        if not text:
            raise ValueError(f"{variable}_FILE: {place} is empty.")
        found[name] = text
    return found
