"""Values that fixtures and tests share."""

import socket
from datetime import UTC, datetime

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TENANT = "homeroomtesttenant00"


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
