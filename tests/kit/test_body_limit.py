"""Bodies are bounded, whether or not they say their size."""

from collections.abc import AsyncIterator

import httpx


async def test_a_body_past_the_limit_is_refused_in_the_voice_of_its_path(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/someclient/users", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code in (401, 413)
    assert set(answer.json()) == {"code", "message", "traceId"}


async def test_a_body_that_never_says_its_size_is_cut_off_too(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64:
            sent += 1
            yield b"x" * 65536

    answer = await client.post("/_/admin/v1/tenants", content=endless(), headers=admin)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert sent < 64
