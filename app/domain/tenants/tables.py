"""Tenants and their credentials. Both are small and read everywhere: reference tables when distributed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base, UTCTimestamp


class Tenant(Base):
    """A customer account."""

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("test OR (stands_at IS NULL AND ahead IS NULL)", name="clock"),
        Index(
            "ix_tenants_clock",
            "tenant_id",
            postgresql_where=text("stands_at IS NOT NULL OR ahead IS NOT NULL"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    test: Mapped[bool]
    allow_private: Mapped[bool]
    """Whether deliveries may go to loopback and private addresses (development)."""
    development: Mapped[bool]
    """Whether it was made while the development credentials were in force, which everybody knows."""
    signing_secret: Mapped[str]
    """The key of the access tokens and links that this server issues for the tenant."""
    former_signing_secret: Mapped[str | None]
    """The one before it: what it signed holds for a while too."""
    former_signing_until: Mapped[datetime | None]
    """How long, by the machine's clock."""
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    stands_at: Mapped[datetime | None]
    """Where a test tenant's clock stands still."""
    ahead: Mapped[timedelta | None]
    """How far a test tenant's clock runs before the machine's."""

    @property
    def framers(self) -> list[str] | None:
        """The origins whose pages may show its rooms in a frame; None: any."""
        return self.settings.get("framers")

    def signing_secrets(self, wall: datetime) -> tuple[str, ...]:
        """The keys whose tokens and links hold at an instant of the machine's clock, the newest first."""
        former, until = self.former_signing_secret, self.former_signing_until
        if former is None or until is None or until <= wall:
            return (self.signing_secret,)
        return (self.signing_secret, former)

    @property
    def limits(self) -> dict[str, int]:
        """The limits that the tenant has of its own, by name."""
        return dict(self.settings.get("limits", {}))

    def time(self, wall: datetime) -> datetime:
        """What the tenant's clock says when the machine's says this."""
        return self.stands_at or wall + (self.ahead or timedelta(0))


class Credential(Base):
    """What a tenant's programs show in one dialect: a public id and a secret."""

    __tablename__ = "credentials"
    __table_args__ = (UniqueConstraint("dialect", "public_id"),)

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    dialect: Mapped[str] = mapped_column(primary_key=True)
    public_id: Mapped[str]
    secret: Mapped[str]
    host: Mapped[str | None]
    """The host name that leads to this tenant, for a dialect that tells tenants apart by host."""


class TokenCalls(Base):
    """When a tenant with a limit was last given access tokens, the oldest first; no more than the limit."""

    __tablename__ = "token_calls"

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    times: Mapped[list[datetime]] = mapped_column(ARRAY(UTCTimestamp()))
