"""What happened in a classroom as pollers read it, numbered apart from the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Feed(Base):
    """A classroom's feed: its last number, and how many entries it has of each kind."""

    __tablename__ = "feeds"

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str]
    """What pollers call the classroom."""
    first_seq: Mapped[int]
    """The first number that can still be read."""
    last_seq: Mapped[int]
    last_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]


class Entry(Base):
    """One entry: fixed when the event was recorded, read as often as wanted, polled once."""

    __tablename__ = "feed_entries"
    __table_args__ = (
        Index("ix_feed_entries_kind", "tenant_id", "classroom_id", "kind", "seq"),
        Index(
            "ix_feed_entries_subject",
            "tenant_id",
            "classroom_id",
            "kind",
            "subject",
            "seq",
            postgresql_where=text("subject <> ''"),
        ),
        Index(
            "ix_feed_entries_unpolled",
            "tenant_id",
            "at",
            "classroom_id",
            "seq",
            postgresql_where=text("poll_id IS NULL"),
        ),
        Index("ix_feed_entries_poll", "tenant_id", "poll_id", postgresql_where=text("poll_id IS NOT NULL")),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[int]
    subject: Mapped[str]
    """What it is about, where one kind is of several things; else empty."""
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    """Never before that of the entry before it in the same classroom."""
    poll_id: Mapped[str | None]


class Poll(Base):
    """One call that took entries, so that an operator sees who took what and can give it out again."""

    __tablename__ = "polls_of_feeds"
    __table_args__ = (
        Index("ix_polls_of_feeds_at", "tenant_id", "at", "poll_id"),
        Index("ix_polls_of_feeds_age", "at"),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    poll_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    caller: Mapped[str]
    taken: Mapped[int]
