"""JSON that others wrote: whatever it is, it is read in linear time, or refused with ValueError."""

import json
import re
from itertools import accumulate
from typing import Any, Final

DEEPEST: Final = 100
"""Levels of lists and objects in JSON; what running programs send has five."""
STRINGS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A text of JSON, or one that never ends; each byte is looked at once."""
NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
STEPS: Final = {byte: 1 if byte in b"[{" else -1 for byte in b"[]{}"}


def parsed(data: bytes | str) -> Any:
    """The value; ValueError where it is no JSON, or nested too deep to be gone through."""
    if is_deep(data):
        raise ValueError(f"nested deeper than {DEEPEST} levels")
    return json.loads(data)


def is_deep(data: bytes | str, most: int = DEEPEST) -> bool:
    """Whether JSON is nested deeper than that; linear in its length, whatever it is."""
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if data.count(b"[") + data.count(b"{") <= most:
        return False
    brackets = STRINGS.sub(b"", data).translate(None, NO_BRACKETS)
    return max(accumulate(map(STEPS.__getitem__, brackets)), default=0) > most
