"""Waiting for what another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], why: str, seconds: float = 30.0) -> T:
    """The first truthy answer of `look`; asks again because another process cannot ring our bell."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {why}, last saw {found!r}")
        time.sleep(0.1)
