"""Lanes: one small mutable row per (subscription, classroom); messages and attempts are only appended.

A blocked lane is one index entry with a due time in the future, whatever waits behind its head, so it costs
the claim nothing.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Subscription(Base):
    """Where a tenant wants a dialect's notices. `kinds` null means all."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("tenant_id", "dialect", "purpose"),)

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    dialect: Mapped[str]
    purpose: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]
    former_secret: Mapped[str | None]
    """The one before it, with which messages are signed too while a receiver changes over."""
    former_until: Mapped[datetime | None]
    """How long, by the machine's clock."""
    kinds: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    enabled: Mapped[bool]
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    """The first failure since which nothing passed; null while it is well."""
    passed_at: Mapped[datetime | None]
    """About when something passed last, to some seconds, so that it is not written for every message."""
    away_tries: Mapped[int]
    """How often in a row it was away."""
    parked_until: Mapped[datetime | None]
    """While it is away: when it is tried again, by one lane first."""
    created_at: Mapped[datetime]


class Host(Base):
    """A host name by which people come to a tenant: read to learn which one, so unique over all of them."""

    __tablename__ = "hosts"
    __table_args__ = (Index("ix_hosts_tenant_id", "tenant_id"),)

    dialect: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"))
    purpose: Mapped[str]
    """Which of the tenant's subscriptions has the URL."""


class Lane(Base):
    """The queue of a classroom to a subscription. `due_at` (by the tenant's clock) null means idle."""

    __tablename__ = "lanes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["subscriptions.tenant_id", "subscriptions.subscription_id"],
            ondelete="CASCADE",
        ),
        Index("ix_lanes_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "ix_lanes_subscription_id",
            "tenant_id",
            "subscription_id",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    lane_key: Mapped[str] = mapped_column(primary_key=True)
    last_seq: Mapped[int]
    done_seq: Mapped[int]
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    """While its head is being sent: until when, by the machine's clock, nobody else may claim it."""
    leased_by: Mapped[int | None]
    """The number of the sender that claimed it last (see `senders`)."""
    fence: Mapped[int]
    tries: Mapped[int]
    """Failed tries of the head."""
    refusals: Mapped[int]
    """How many of them were the receiver refusing this message (and not the receiver being away)."""
    failed_at: Mapped[datetime | None]
    """When the head was refused first."""


class SendingProcess(Base):
    """A process that sends, or did: as long as it lives it holds a lock on its number."""

    __tablename__ = "senders"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Delivery(Base):
    """One message owed to one subscription. Its id goes out as `webhook-id`, the same on every try."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id", "lane_key"],
            ["lanes.tenant_id", "lanes.subscription_id", "lanes.lane_key"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "delivery_id"),
        CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
        Index("ix_deliveries_tenant_id_classroom_id", "tenant_id", "classroom_id"),
        Index("ix_deliveries_tenant_id_created_at", "tenant_id", "created_at", "delivery_id"),
        Index("ix_deliveries_created_at", "created_at"),
        # Each is changed once, when it is settled: with room on its page no index has to be told.
        {"postgresql_with": {"fillfactor": "60"}},
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    lane_key: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    delivery_id: Mapped[str]
    classroom_id: Mapped[str]
    kind: Mapped[str]
    body: Mapped[bytes]
    query: Mapped[str]
    """What the request adds to the subscription's URL."""
    content_type: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Attempt(Base):
    """One try, as it went. The table is in days (see `days`), so that old tries go by the whole day.

    It refers to no other table: a day could not be made or dropped without stopping all writers of that one.
    """

    __tablename__ = "attempts"
    __table_args__ = ({"postgresql_partition_by": "RANGE (logged_at)"},)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    attempt_id: Mapped[str] = mapped_column(primary_key=True)
    logged_at: Mapped[datetime] = mapped_column(primary_key=True)
    """By the machine's clock: which day it lies in, and how long it is kept."""
    at: Mapped[datetime]
    """By the tenant's clock."""
    status: Mapped[int | None]
    duration_ms: Mapped[int]
    error: Mapped[str | None]
    request_head: Mapped[str]
    response_head: Mapped[str]
    response_body: Mapped[str]
