"""A room in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

# The page keeps its socket to itself; a test that breaks the connection has to reach it.
KEEP_SOCKET = """
window.WebSocket = class extends WebSocket {
  constructor(url) { super(url); window.lastSocket = this; }
};
"""


def entered(browser: Browser, server: Any, made: Any, link: str) -> tuple[Page, BrowserContext]:
    """A page that followed the link, with a context (and so a session) of its own."""
    context = browser.new_context()
    context.add_init_script(KEEP_SOCKET)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    page.goto(f"{server.base_url}/info/room/{made.client_id}/{link}")
    expect(page.locator("#inside")).to_be_visible()
    return page, context
