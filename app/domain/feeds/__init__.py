"""Feeds: what happened in a classroom, in the words of whoever polls for it, each entry handed out once."""

from app.domain.feeds.erasing import forget
from app.domain.feeds.queries import Page, page, polls
from app.domain.feeds.service import Item, append, erase, poll, rewind
from app.domain.feeds.trimming import trim

__all__ = ["Item", "Page", "append", "erase", "forget", "page", "poll", "polls", "rewind", "trim"]
