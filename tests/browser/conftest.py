"""Chromium for the tests of pages."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One process for the tests of a file; none is async, as Playwright's loop runs all the while."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def browser(chromium: Browser, server: Any) -> Iterator[Browser]:
    """Nobody's pages are open at the beginning, nor at the end when the server stops."""
    yield chromium
    for context in chromium.contexts:
        context.close()
