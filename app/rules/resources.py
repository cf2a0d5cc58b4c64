"""Links to material elsewhere: what can be put before a class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from app.rules import properties
from app.rules.refusals import BadValue

LONGEST_ID: Final = 64
LONGEST_NAME: Final = 255
LONGEST_URL: Final = 2048
LARGEST_SIZE: Final = 2**53 - 1
SCHEMES: Final = frozenset({"http", "https"})


@dataclass(frozen=True)
class Link:
    """Material at an address; `size` is in bytes, as its owner says, `task` what prepares it for showing."""

    resource_id: str
    name: str
    url: str
    size: int = 0
    task: Mapping[str, Any] = field(default_factory=dict)


def check(link: Link) -> None:
    """Refuse what browsers should not be led to, or what cannot be kept; BadValue names the field."""
    if not 1 <= len(link.resource_id) <= LONGEST_ID:
        raise BadValue("resource_id", f"must have from 1 to {LONGEST_ID} characters")
    if not 1 <= len(link.name.strip()) <= LONGEST_NAME:
        raise BadValue("name", f"must have from 1 to {LONGEST_NAME} characters")
    if not 0 <= link.size <= LARGEST_SIZE:
        raise BadValue("size", "must be a number of bytes")
    if not _leads_to_the_web(link.url):
        raise BadValue("url", f"must be an http or https address of at most {LONGEST_URL} characters")
    properties.put({}, {"task": dict(link.task)}, most=properties.MOST_BYTES_OF_PERSON)


def _leads_to_the_web(url: str) -> bool:
    if len(url) > LONGEST_URL or any(sign <= " " for sign in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.hostname)
