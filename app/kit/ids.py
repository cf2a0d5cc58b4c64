"""Opaque ids, links and secrets, all from the operating system's randomness."""

import secrets

ID_ALPHABET = "0123456789abcdefghijklmnopqrstuv"


def new_id() -> str:
    """A 20 character id of [0-9a-v] (100 random bits)."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(20))


def new_link() -> str:
    """An unguessable URL-safe link of 43 characters (256 random bits)."""
    return secrets.token_urlsafe(32)


def new_secret() -> str:
    """A secret of letters, digits, `-` and `_` (288 random bits)."""
    return secrets.token_urlsafe(36)


def new_hex() -> str:
    """32 hex digits (128 random bits)."""
    return secrets.token_hex(16)
