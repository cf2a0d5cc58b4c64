"""Signatures: Standard Webhooks over the exact bytes that are sent, and links that answer without login."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

PREFIX = "whsec_"


def new_signing_secret() -> str:
    """A secret in the standard's own form: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature_headers(message_id: str, at: datetime, body: bytes, *signing_secrets: str) -> dict[str, str]:
    """The trio `webhook-id`, `webhook-timestamp` (seconds), `webhook-signature` (a `v1` for each secret)."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signatures = []
    for secret in signing_secrets:
        digest = hmac.digest(_key(secret), signed, "sha256")
        signatures.append(f"v1,{base64.b64encode(digest).decode()}")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


@lru_cache(maxsize=1024)
def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))


def sign_link(secret: str, *parts: str) -> str:
    """The signature of a link of ours that answers without login: HMAC-SHA256 over its parts, in hex."""
    return hmac.new(secret.encode(), "\n".join(("link", *parts)).encode(), hashlib.sha256).hexdigest()


def link_holds(signing_secrets: Iterable[str], signature: str, *parts: str) -> bool:
    """Whether a signature is that of the parts by one of the secrets, compared in constant time."""
    given = signature.encode()
    return any(hmac.compare_digest(sign_link(secret, *parts).encode(), given) for secret in signing_secrets)


@lru_cache(maxsize=1024)
def fingerprint(secret: str) -> str:
    """Tells a secret from others, and nothing of what it is."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]
