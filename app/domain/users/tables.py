"""Users."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class User(Base):
    """A person: added by the tenant, or a guest who gave a name at the door."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", "tenant_id", "email", unique=True, postgresql_where=text("email <> ''")),
        Index(
            "uq_users_external_id",
            "tenant_id",
            "external_id",
            "endpoint",
            unique=True,
            postgresql_where=text("external_id <> ''"),
        ),
        # Read alone and in order for a part of a name: the rows themselves are not looked at.
        Index("ix_users_name_key", "tenant_id", "name_key", "user_id", postgresql_where=text("NOT guest")),
        # For a part that few have: every two and three letters that stand together.
        Index(
            "ix_users_name_parts",
            text("name_parts(tenant_id::text, name_key::text)"),
            postgresql_using="gin",
            postgresql_where=text("NOT guest"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str]
    """The name as it is searched and sorted; the database's own folding of case may know ASCII only."""
    title: Mapped[str]
    image: Mapped[str]
    about: Mapped[str]
    language: Mapped[str]
    email: Mapped[str]
    external_id: Mapped[str]
    endpoint: Mapped[str]
    """Whose id that is, where a further endpoint of the tenant has people of its own; else empty."""
    role: Mapped[str]
    permission: Mapped[str]
    timezone: Mapped[str]
    guest: Mapped[bool]
    calendar_key: Mapped[int]
    """Raised to take calendar links that were given out before out of use."""
    created_at: Mapped[datetime]
    erased_as: Mapped[str | None]
    """Set while the person is being erased, who counts as gone already: the external id that was theirs."""
