"""Host names, as DNS and certificates have them."""

import re
from typing import Final

LONGEST: Final = 253
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
# No host of the internet has one; names of containers do.
LOOSE_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)


def is_host(name: str, *, loose: bool = False) -> bool:
    """Whether it is a host name in ASCII, without a port and without a dot at its end.

    `loose` takes underscores too.
    """
    label = LOOSE_LABEL if loose else LABEL
    return 0 < len(name) <= LONGEST and all(label.fullmatch(part) for part in name.split("."))
