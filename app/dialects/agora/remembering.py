"""Tokens that were verified before: a program shows the same one with each call, and calls often.

What is remembered of a token holds for the certificate it was verified with, which is read anew at each call:
a certificate that was replaced opens nothing, here as anywhere. Nobody reads a token out of this.
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from app.dialects.agora.tokens import Caller, Lock, Opened, opened

MOST: Final = 10_000
KNOWN: Final[OrderedDict[bytes, Opened]] = OrderedDict()


def verify(token: str, lock: Lock) -> Caller:
    """Whoever the token speaks for, or BadCredentials."""
    parts = (lock.app_id, lock.certificate, str(len(token)), token, lock.uid or "")
    key = sha256("\n".join(parts).encode(errors="surrogatepass")).digest()
    known = KNOWN.get(key)
    if known is None or lock.now >= known.until:
        known = KNOWN[key] = opened(token, lock)
        if len(KNOWN) > MOST:
            KNOWN.popitem(last=False)
    return known.caller
