"""The independent library that customers use is the judge."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.kit.signing import new_signing_secret, signature_headers

BODY = '{"name": "Zoë"}'.encode()


def test_the_library_accepts_our_signature() -> None:
    secret = new_signing_secret()
    headers = signature_headers("msg_1", datetime.now(UTC), BODY, secret)
    assert Webhook(secret).verify(BODY, headers) == {"name": "Zoë"}


def test_while_rotating_either_secret_holds_and_a_third_does_not() -> None:
    old, new = new_signing_secret(), new_signing_secret()
    headers = signature_headers("msg_1", datetime.now(UTC), BODY, old, new)
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_signing_secret()).verify(BODY, headers)


@pytest.mark.parametrize("part", ["id", "body"])
def test_a_changed_message_is_not_accepted(part: str) -> None:
    secret = new_signing_secret()
    headers = signature_headers("msg_1", datetime.now(UTC), BODY, secret)
    body = BODY + b" " if part == "body" else BODY
    if part == "id":
        headers["webhook-id"] = "msg_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_an_old_message_is_not_accepted() -> None:
    secret = new_signing_secret()
    headers = signature_headers("msg_1", datetime.now(UTC) - timedelta(minutes=6), BODY, secret)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers)
