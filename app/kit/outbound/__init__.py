"""Requests to addresses that tenants chose."""

from app.kit.outbound.addresses import (
    ForbiddenAddressError,
    check_name,
    check_url,
    is_public,
    may_be_reached,
    with_query,
)
from app.kit.outbound.answer import Answer
from app.kit.outbound.sender import AGENT, TOTAL_SECONDS, Sender

__all__ = [
    "AGENT",
    "TOTAL_SECONDS",
    "Answer",
    "ForbiddenAddressError",
    "Sender",
    "check_name",
    "check_url",
    "is_public",
    "may_be_reached",
    "with_query",
]
