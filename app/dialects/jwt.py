"""Reads the JWTs that customers sign, and ours: by HMAC with SHA-256 and by nothing else."""

import math
import re
from typing import Any, Final

from jose import jws
from jose.exceptions import JOSEError

from app.kit.outside import parsed

LONGEST: Final = 8192
"""Characters of a token; those of running programs have a few hundred."""
NUMBER: Final = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)


def claims_of(token: str, secret: str) -> dict[str, Any] | None:
    """What a token says that was signed with the secret; None where it was not, or cannot be read."""
    if len(token) > LONGEST:
        return None
    try:
        payload = jws.verify(token, secret, ["HS256"])
        header = jws.get_unverified_header(token)
        # Extensions without which a token must not be taken for understood (RFC 7515, 4.1.11): none is known.
        if "crit" in header:
            return None
        claims = parsed(payload)
    except (JOSEError, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def expiry_of(claims: dict[str, Any]) -> float | None:
    """The seconds of `exp`, numeric text too; None where there is none, ValueError where it is no number."""
    value = claims.get("exp")
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = float(value)
    if value is None:
        return None
    try:
        seconds = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise ValueError("exp is no moment")
    return seconds
