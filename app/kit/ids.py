"""Opaque ids, links and secrets, all from the operating system's randomness."""

import os
import secrets

ID_ALPHABET = "0123456789abcdefghijklmnopqrstuv"
LETTERS = (ID_ALPHABET * 8).encode()
"""A letter for every byte, each letter for as many."""


def new_id() -> str:
    """A 20 character id of ID_ALPHABET (100 random bits)."""
    return secrets.token_bytes(20).translate(LETTERS).decode()


def new_link() -> str:
    """An unguessable URL-safe link of 43 characters (256 random bits)."""
    return secrets.token_urlsafe(32)


def new_secret() -> str:
    """A secret of letters, digits, `-` and `_` (288 random bits)."""
    return secrets.token_urlsafe(36)


def new_hex() -> str:
    """32 hex digits (128 random bits)."""
    return os.urandom(16).hex()
