"""As many connections as the system allows, and a word when they are all taken."""

import logging
import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from app.kit.descriptors import Watch, raise_limit

FEW = 200


@pytest.fixture
def limited() -> Iterator[ExitStack]:
    """This process with a low limit; what is opened for the test closes before the limit is as it was."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_now = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_now + FEW, before[1]))
    with ExitStack() as opened:
        yield opened
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("limited")
def test_the_limit_is_what_the_system_allows() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert raise_limit() in (hard, 1_048_576)


async def test_as_long_as_there_are_enough_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    raise_limit()
    await Watch().tick()
    assert caplog.records == []


async def test_that_they_are_taken_is_said_once_a_minute(
    limited: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    with suppress(OSError):
        while True:
            limited.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    watch = Watch()
    for _ in range(20):
        await watch.tick()
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert line.getMessage().startswith("all of ")
