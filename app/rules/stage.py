"""Who fits on the stage, and what may be said with a raised hand."""

import json
from collections.abc import Mapping
from typing import Any

from app.rules.refusals import BadValue, StageFull

LARGEST_PAYLOAD = 1024


def must_fit_stage(places: int | None, on_stage: int) -> None:
    """Refuse one more where the stage has so many places and so many are on it; None: as many as want."""
    if places is not None and on_stage >= places:
        raise StageFull(places)


def check_payload(payload: Mapping[str, Any]) -> None:
    """Refuse what cannot be kept with a raised hand: too much, or no plain JSON."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError):
        raise BadValue("payload", "must be plain JSON") from None
    # PostgreSQL has no NUL in text.
    if "\\u0000" in text:
        raise BadValue("payload", "must not contain NUL characters")
    if size > LARGEST_PAYLOAD:
        raise BadValue("payload", f"must be at most {LARGEST_PAYLOAD} bytes of JSON")
