"""Reads URLs that tenants give: one strict reader, so that who judges an address and who dials it agree."""

import re
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from app.rules.hosts import is_host
from app.rules.refusals import BadValue

STRANGE: Final = re.compile(r'[\s\x00-\x1f\x7f-\x9f\\<>"^`{|}]')
"""What no URL has: it would have to be encoded. Readers differ in what they make of it."""


def host_of(url: str) -> str:
    """The host of an http or https URL as it is dialled, a name in ASCII or an address; else BadValue."""
    url = url.strip()
    try:
        parts, dialled = urlsplit(url), URL(url)
        port = parts.port
    except ValueError:
        raise BadValue("url", "is not a URL") from None
    host = dialled.raw_host
    if parts.scheme not in ("http", "https") or not parts.hostname or not host:
        raise BadValue("url", "must be an http or https URL")
    if STRANGE.search(url) or not url.isprintable():
        raise BadValue("url", "has a character that must be encoded in a URL")
    if "@" in parts.netloc:
        raise BadValue("url", "must not carry a user name or password")
    if port == 0:
        raise BadValue("url", "must not name port 0")
    bracketed = "[" in parts.netloc
    if not (_is_address(parts.hostname, host) if bracketed else is_host(host.removesuffix("."), loose=True)):
        raise BadValue("url", "must name a host")
    return host


def _is_address(read: str, dialled: str) -> bool:
    """Whether two readers found the same IPv6 address in brackets; one of an interface is none."""
    try:
        return "%" not in read and IPv6Address(read) == IPv6Address(dialled)
    except ValueError:
        return False
