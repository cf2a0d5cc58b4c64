"""The names of time zones: the IANA list, and not whatever files the machine has."""

from functools import cache
from importlib.resources import files
from typing import Final

NO_PLACES: Final = frozenset({"Factory", "localtime", "posixrules"})
"""What stands among the zones and is none: a placeholder, and the zone of the machine itself."""


@cache
def known() -> frozenset[str]:
    """Every zone of the list that the package `tzdata` carries, legacy names too."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split()) - NO_PLACES


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    return name in known()
