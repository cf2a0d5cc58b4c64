"""The ceiling of deliveries: aiohttp's plain client posts bodies to a receiver, so many at a time.

`python posting.py URL COUNT AT_ONCE SIZE` prints the posts a second.
"""

import asyncio
import sys
import time

import aiohttp
import uvloop


async def main(url: str, count: int, at_once: int, size: int) -> None:
    """Posts them all."""
    left = iter(range(count))
    body = b"x" * size
    headers = {"content-type": "application/json"}

    async def post(client: aiohttp.ClientSession) -> None:
        for _ in left:
            async with client.post(url, data=body, headers=headers) as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        begun = time.monotonic()
        await asyncio.gather(*(post(client) for _ in range(at_once)))
    print(count / (time.monotonic() - begun))


if __name__ == "__main__":
    address, *numbers = sys.argv[1:]
    uvloop.run(main(address, *map(int, numbers)))
