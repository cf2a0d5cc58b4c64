"""Opaque ids, links and secrets, all from the operating system's randomness."""

import secrets
from base64 import b32hexencode

ID_ALPHABET = "0123456789abcdefghijklmnopqrstuv"


def new_id() -> str:
    """A 20 character id of ID_ALPHABET (100 random bits)."""
    return b32hexencode(secrets.token_bytes(13))[:20].decode().lower()


def new_link() -> str:
    """An unguessable URL-safe link of 43 characters (256 random bits)."""
    return secrets.token_urlsafe(32)


def new_secret() -> str:
    """A secret of letters, digits, `-` and `_` (288 random bits)."""
    return secrets.token_urlsafe(36)


def new_hex() -> str:
    """32 hex digits (128 random bits)."""
    return secrets.token_hex(16)
