"""JSON that others wrote: whatever it is, it is read in linear time, or refused with ValueError."""

import json
import re
from itertools import accumulate
from typing import Any, Final

DEEPEST: Final = 100
"""Levels of lists and objects in JSON; what running programs send has five."""
STRINGS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A text of JSON, or one that never ends; each byte is looked at once."""
WHITE: Final = b" \t\r\n\xef\xbb\xbf"
TELLING: Final = 4
"""So many first bytes tell the encoding."""
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
"""How a text begins whose letters have two bytes or four."""
NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
ALIKE: Final = bytes.maketrans(b"{}", b"[]")
STEPS: Final = {ord("["): 1, ord("]"): -1}
PASSES: Final = 3


def parsed(data: bytes | str) -> Any:
    """The value; ValueError where it is no JSON, or nested too deep to be gone through."""
    if is_deep(data):
        raise ValueError(f"nested deeper than {DEEPEST} levels")
    return json.loads(data)


def may_be_json(start: bytes) -> bool:
    """Whether what begins so, white space left out, can be a list or an object, in any encoding."""
    return start[:1] in (b"[", b"{") or b"\0" in start[:TELLING] or start[:2] in WIDE


def is_deep(data: bytes | str, most: int = DEEPEST) -> bool:
    """Whether JSON is nested deeper than that; linear in its length, whatever it is."""
    if isinstance(data, bytes) and (b"\0" in data[:TELLING] or data[:2] in WIDE):
        # Python's reader takes these encodings too.
        data = data.decode(json.detect_encoding(data), "replace")
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if data.count(b"[") + data.count(b"{") <= most:
        return False
    brackets = STRINGS.sub(b"", data).translate(ALIKE, NO_BRACKETS)
    # Most are around nothing but values: without these it is at most one level less deep.
    rest = brackets
    for _ in range(PASSES):
        rest = rest.replace(b"[]", b"")
    return _depth(rest) + PASSES > most and _depth(brackets) > most


def _depth(brackets: bytes) -> int:
    return max(accumulate(map(STEPS.__getitem__, brackets)), default=0)
